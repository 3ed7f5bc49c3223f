"""One Elasticsearch: templates, counts, summaries, versions, and its errors in words."""
