"""Renders, checks, applies and runs the holysheep-elk bundle from one pricing YAML."""
