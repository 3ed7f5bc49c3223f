"""The client side of the bundle: what a call costs. Standard library only, so that any program can import it."""
