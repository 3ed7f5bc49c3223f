"""Categories for errors that no rule knows. A model is asked once for each message template; its answer is stored."""
