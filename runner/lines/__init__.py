"""Feeds log files through the real Ruby filter into Elasticsearch."""
