"""Log files through the real Ruby filter into Elasticsearch."""
