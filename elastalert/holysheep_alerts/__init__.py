"""What ElastAlert 2 loads of ours: rule types, the text of an alert, and the start of the container.

Runs in ElastAlert's own environment (Python 3.12 or newer), never in that of the other commands.
"""
