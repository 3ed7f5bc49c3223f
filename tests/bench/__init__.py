"""`python -m tests.bench [filter|render|disk …]`, run by `make bench`: what the bundle costs, measured."""
