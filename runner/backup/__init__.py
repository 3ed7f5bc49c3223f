"""Snapshots of the bundle's indices: taken, listed, copied away, and brought back without losing what is there."""
