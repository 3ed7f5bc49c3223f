"""Snapshots of the bundle's indices: take, list, copy to another disk, and restore without losing documents."""
