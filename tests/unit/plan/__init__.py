"""The parts of a plan that need no cluster."""
