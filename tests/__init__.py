"""Tests; a package so that they share helpers and `python -m tests.bench` runs."""
