"""Upgrades of the Elastic Stack: checks before, the order of the services, the comparison after."""
