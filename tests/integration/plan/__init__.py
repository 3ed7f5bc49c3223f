"""Plans against real clusters."""
