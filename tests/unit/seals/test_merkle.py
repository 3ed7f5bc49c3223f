"""Merkle trees: the vectors of RFC 6962's reference implementation, and the laws of inclusion paths."""

from __future__ import annotations

import hashlib
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.compliance.seals import merkle

#: Leaves of the test vectors of Certificate Transparency (certificate-transparency/cpp/merkletree, also in trillian).
LEAVES: Final = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
#: Their roots for the first 1 to 8 leaves.
ROOTS: Final = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)

#: A loaded machine fails no law.
SLOW_MACHINE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    """The published roots of one to eight leaves."""
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_an_empty_tree() -> None:
    """Its root is the hash of nothing."""
    assert merkle.root([]) == hashlib.sha256(b"").digest()


def test_every_leaf_of_every_size_has_a_path() -> None:
    """Sizes up to 66, every leaf; a path proves its leaf at its place and nothing else."""
    contents = [b"%d" % number for number in range(66)]
    for size in range(1, 67):
        root = merkle.root(contents[:size])
        for place in range(size):
            tree = merkle.Tree(place)
            for content in contents[:size]:
                tree.add(content)
            assert tree.root() == root
            assert merkle.root_of_path(contents[place], place, size, tree.path) == root
            other = (place + 1) % size
            assert size == 1 or merkle.root_of_path(contents[place], other, size, tree.path) != root


@SLOW_MACHINE
@given(st.integers(1, 300), st.data())
def test_a_tampered_leaf_or_path_fails(size: int, data: st.DataObject) -> None:
    """Another content, another place, a changed, missing or additional hash: none leads to the root."""
    place = data.draw(st.integers(0, size - 1))
    tree = merkle.Tree(place)
    for number in range(size):
        tree.add(b"%d" % number)
    root, path, content = tree.root(), tree.path, b"%d" % place
    assert merkle.root_of_path(content, place, size, path) == root
    assert merkle.root_of_path(content + b"!", place, size, path) != root
    assert merkle.root_of_path(content, place, size, [*path, bytes(32)]) != root
    wrong = data.draw(st.integers(-2, 302).filter(lambda number: number != place))
    assert merkle.root_of_path(content, wrong, size, path) != root
    if path:
        assert merkle.root_of_path(content, place, size, path[:-1]) != root
        step = data.draw(st.integers(0, len(path) - 1))
        changed = [bytes(32) if number == step else item for number, item in enumerate(path)]
        assert merkle.root_of_path(content, place, size, changed) != root


def test_an_inner_node_is_no_leaf() -> None:
    """The two hashes below the root, joined and given as a leaf, are not the tree of one leaf."""
    left, right = merkle.leaf_hash(b"a"), merkle.leaf_hash(b"b")
    assert merkle.root([left + right]) != merkle.root([b"a", b"b"])
