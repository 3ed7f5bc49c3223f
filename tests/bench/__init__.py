"""`python -m tests.bench [filter|render|disk|answers …]`, run by `make bench`: what the bundle costs, measured."""
