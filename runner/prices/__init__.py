"""Price lists of others: read, compared with the card, and written as YAML to paste."""
