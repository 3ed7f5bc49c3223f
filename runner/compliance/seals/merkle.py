"""Merkle trees as RFC 9162 (Certificate Transparency), section 2.1, defines them, with SHA-256.

Leaves and inner nodes are hashed with different first bytes, so that no inner node can be passed off as a leaf.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"
#: Root of a tree without leaves.
EMPTY: Final = hashlib.sha256().digest()


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(_LEAF + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(_NODE + left + right).digest()


class Tree:
    """Takes leaves one by one and keeps one hash for each complete subtree: at most log2(size) of them.

    With `target`, the place of a leaf (from 0), the inclusion path of that leaf is collected on the way.
    """

    def __init__(self, target: int | None = None) -> None:
        self.size = 0
        self.path: list[bytes] = []
        self._target = target
        #: Subtrees from left to right: leaves, hash, and whether the target is among the leaves.
        self._subtrees: list[tuple[int, bytes, bool]] = []

    def add(self, content: bytes) -> None:
        """Add the next leaf."""
        subtree = (1, leaf_hash(content), self.size == self._target)
        self.size += 1
        while self._subtrees and self._subtrees[-1][0] == subtree[0]:
            subtree = self._joined(self._subtrees.pop(), subtree)
        self._subtrees.append(subtree)

    def root(self) -> bytes:
        """The root of all leaves so far. It completes `path`, so it is called once, at the end."""
        if not self._subtrees:
            return EMPTY
        subtree = self._subtrees.pop()
        while self._subtrees:
            subtree = self._joined(self._subtrees.pop(), subtree)
        self._subtrees = [subtree]
        return subtree[1]

    def _joined(self, left: tuple[int, bytes, bool], right: tuple[int, bytes, bool]) -> tuple[int, bytes, bool]:
        if left[2]:
            self.path.append(right[1])
        if right[2]:
            self.path.append(left[1])
        return left[0] + right[0], node_hash(left[1], right[1]), left[2] or right[2]


def root(contents: Iterable[bytes]) -> bytes:
    """The root of these leaves."""
    tree = Tree()
    for content in contents:
        tree.add(content)
    return tree.root()


def root_of_path(content: bytes, place: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a leaf and its inclusion path lead to; None when no tree of this size has such a path.

    RFC 9162, section 2.1.3.2. `place` counts from 0.
    """
    if not 0 <= place < size:
        return None
    number, last, result = place, size - 1, leaf_hash(content)
    for sibling in path:
        if last == 0:
            return None
        if number & 1 or number == last:
            result = node_hash(sibling, result)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        number, last = number >> 1, last >> 1
    return result if last == 0 else None
