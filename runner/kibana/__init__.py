"""Kibana's API: imports the dashboards, and exports what a person changed."""
