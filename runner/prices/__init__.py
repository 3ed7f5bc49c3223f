"""Prices as others state them: read, compared with our card, and turned into YAML to paste."""
