"""The options of the commands. Reading them imports no command: `--help` and a mistyped option answer at once."""
