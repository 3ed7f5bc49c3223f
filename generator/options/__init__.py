"""The options of the commands that take long to load. Reading options imports no command."""
