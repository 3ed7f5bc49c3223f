"""Speaks to a running Kibana: brings dashboards in, and a person's changes back."""
