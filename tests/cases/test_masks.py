"""The filter masks as the client does, to the letter, and in bounded time: under JRuby."""

from __future__ import annotations

import json
import random
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

from holysheep import mask
from tests.filterrun import ROOT
from tests.masks import chances, corpus, examples

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.jruby
SPLICES: Final = ("", "\n", " ", '"', "\\n", "=", ":", "가", "\u00a0", "&", "\\u0040", "%40")


def ruby(command: list[str], texts: Sequence[str], *options: str) -> list[object]:
    """What tests/ruby/mask.rb answers for each text."""
    lines = "".join(json.dumps(text) + "\n" for text in texts)
    script = [*command, str(ROOT / "tests" / "ruby" / "mask.rb"), *options]
    ran = subprocess.run(script, input=lines, capture_output=True, text=True, check=True, encoding="utf-8")
    return [json.loads(line) for line in ran.stdout.splitlines()]


def vectors() -> list[str]:
    """All examples, the corpus, and 3,000 texts put together of two halves."""
    texts = [item.text for item in (*corpus.secrets(), *corpus.harmless())]
    texts += [*examples.matching(), *examples.harmless()]
    chance = random.Random(5)  # noqa: S311 - reproducible, not secret
    for _ in range(3000):
        head, tail = chance.choice(texts), chance.choice(texts)
        texts.append(
            head[: chance.randint(0, len(head))] + chance.choice(SPLICES) + tail[chance.randint(0, len(tail)) :]
        )
    return texts


def differing(command: list[str], texts: list[str]) -> list[tuple[str, object, str]]:
    """(text, what Ruby makes of it, what Python does) where both differ."""
    both = zip(texts, ruby(command, texts), map(mask.text, texts), strict=True)
    return [(text, masked, expected) for text, masked, expected in both if masked != expected]


def test_ruby_and_python_mask_alike(command: list[str]) -> None:
    """The same text comes out of both, for every vector."""
    assert differing(command, vectors()) == []


def test_ruby_looks_at_ids_and_numbers_less_and_masks_alike(command: list[str]) -> None:
    """What the filter spares itself (PlainId, MaskGates), the client looks for: the same text comes out of both."""
    assert differing(command, chances.ids()) == []
    assert differing(command, chances.numbers()) == []


def test_most_ids_are_plain_and_none_with_a_secret(command: list[str]) -> None:
    """The short look spares most ids the masks, and an id that the client masks is none of them."""
    texts = chances.ids()
    plain = {text for text, is_plain in zip(texts, ruby(command, texts, "--plain"), strict=True) if is_plain}
    assert [text for text in plain if mask.text(text) != text] == []
    ordinary = [text for text in texts if mask.text(text) == text]
    assert len(plain) > len(set(ordinary)) / 2


def test_every_hint_is_seen(command: list[str]) -> None:
    """The one pass that looks for all hints sees each of them, in small and in capital letters."""
    assert ruby(command, [], "--hints") == []


def test_time_grows_with_the_length_and_no_faster(command: list[str]) -> None:
    """Four times the text takes about four times as long, not sixteen times."""
    sizes = (8192, 32_768)
    seconds = ruby(command, [examples.long(unit, size) for unit in examples.UNITS for size in sizes], "--time")
    for place, unit in enumerate(examples.UNITS):
        short, long = (float(str(actual)) for actual in seconds[2 * place : 2 * place + 2])
        assert long < 10 * max(short, 0.003), (unit, short, long)
