"""The commands that need no machine and no cluster: they print plain text, and `runner` offers them as well."""
