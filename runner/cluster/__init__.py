"""An Elasticsearch cluster: templates, counts, summaries, versions, and its errors in words."""
