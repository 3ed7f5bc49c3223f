"""The price card: pricing.yaml as a validated model, matching and cost."""
