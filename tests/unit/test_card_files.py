"""Files that are no price card, by accident or on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator import card as cards
from generator.errors import UserError
from tests.calls import counted

if TYPE_CHECKING:
    from pathlib import Path

BOMBS = {
    "billion laughs": "a: &a [x, x]\n"
    + "".join(f"{c}: &{c} [*{p}, *{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)),
    "self reference": "a: &a [*a]\n",
    "merge keys": "a: &a {x: 1}\nb: {<<: *a}\n",
    "deep lists": "a: " + "[" * 100_000,
    "deep maps": "{a: " * 100_000,
    "deep blocks": "".join(" " * n + "a:\n" for n in range(2_000)),
    "deep dashes": "- " * 100_000,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_yaml_bombs_are_refused_at_once(bomb: str) -> None:
    """A file made to exhaust memory or stack is an ordinary mistake; the work is bounded by the file's length."""
    with counted() as calls, pytest.raises(UserError):
        cards.parse(bomb)
    assert calls.count < 10_000 + 10 * len(bomb)


@pytest.mark.parametrize("text", ["", "# only a comment\n", "- a\n", "just text", "null", "{}", "42"])
def test_what_is_no_card_is_refused(text: str) -> None:
    """An empty file, a list or a word is a mistake on a line, not a crash."""
    with pytest.raises(UserError, match=r"^pricing\.yaml:\d+: "):
        cards.parse(text)


def test_files_that_cant_be_read(tmp_path: Path) -> None:
    """A missing file, one that is not UTF-8 and one that is huge say so."""
    with pytest.raises(UserError, match="No such file"):
        cards.load(tmp_path / "pricing.yaml")
    file = tmp_path / "pricing.yaml"
    file.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(UserError, match=r"^pricing\.yaml:2: byte 0xff is not UTF-8, save the file as UTF-8$"):
        cards.load(file)
    file.write_bytes(b"#" * (16 * 1024 * 1024 + 1))
    with pytest.raises(UserError, match="is larger than 16 MiB"):
        cards.load(file)
