"""Dashboards as data: panels in YAML become Kibana's saved objects, and the charts of the report."""
