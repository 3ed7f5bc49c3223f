"""From one version of the Elastic Stack to another: what must hold first, the order, and what came of it."""
