"""The commands, one module each: arguments, calls, printing."""
