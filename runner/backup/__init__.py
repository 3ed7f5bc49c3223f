"""Snapshots of the bundle's indices: take, list, copy to another disk, and restore without losing documents."""

from typing import Final

#: Name of the bundle's snapshot repository.
NAME: Final = "holysheep"
#: Prefix of the names of restored copies.
RENAME: Final = "restored"
