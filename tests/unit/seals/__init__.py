"""Seals without an Elasticsearch."""
