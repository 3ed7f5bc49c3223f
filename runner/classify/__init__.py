"""Errors that rules leave unknown: one question to a model for each template of message, kept as a rule."""
