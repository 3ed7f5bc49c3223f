"""Categories for errors that no rule knows: a model is asked once for each message template, and the answer is stored."""
