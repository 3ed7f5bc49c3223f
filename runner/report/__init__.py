"""The dashboards as one HTML page, for a person without Kibana: the same YAML, real aggregations, no network."""
