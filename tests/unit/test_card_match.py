"""Which model a name means, and which patterns may not stand side by side."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import card as cards
from generator.card.overlap import Glob, overlaps
from generator.card.rules import price_part
from holysheep.price import Matcher, forms

MATCHER = Matcher(price_part(cards.load(Path(__file__).parents[2] / "pricing.yaml")))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gpt-4.1", ("gpt-4.1", "exact")),
        ("  GPT-4.1\n", ("gpt-4.1", "exact")),
        ("gpt-4.1-2025-04-14", ("gpt-4.1", "exact")),
        ("openai/gpt-4.1-20250414", ("gpt-4.1", "exact")),
        ("azure/eu/gpt-4.1", ("gpt-4.1", "exact")),
        ("deepseek-chat-v3.2", ("deepseek-v3.2", "alias")),
        ("deepseek/deepseek-chat-v3-0324", ("deepseek-v3.2", "alias")),
        ("deepseek-ai/DeepSeek-V3.2", ("deepseek-v3.2", "exact")),
        ("claude-sonnet-4-5", ("claude-sonnet-4.5", "alias")),
        ("claude-sonnet-4.5", ("claude-sonnet-4.5", "exact")),
        ("claude-sonnet-4-5@20250929", ("claude-sonnet-4.5", "alias")),
        ("claude-sonnet-4-20250514", ("claude-sonnet-4.5", "alias")),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", ("claude-sonnet-4.5", "pattern")),
        ("gemini-2.5-flash", ("gemini-2.5-flash", "exact")),
        ("gpt-4.1-mini", None),
        ("gpt-4.1-2025-13-14", None),
        ("gpt-4.1-1925-04-14", None),
        ("gpt-4.1-2025-0414", None),
        ("gpt-4.1/", None),
        ("claude-sonnet-4", None),
        ("gemini-2.5-flash-lite", None),
        ("deepseek-chat", None),
        ("", None),
        ("/", None),
        ("gpt-4.1" + "x" * 10_000, None),
        ("GPT-4.1\u0130", None),
        ("\ud800", None),
    ],
)
def test_names(name: str, expected: tuple[str, str] | None) -> None:
    """A name means a model by id, alias or pattern, without its provider prefix and date; or none at all."""
    actual = MATCHER.match(name)
    assert (actual and (actual.model["id"], actual.rule)) == expected


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("gpt-4o", ("OpenAI", "openai")),
        ("openai/o3-mini", ("OpenAI", "openai")),
        ("Claude-3-opus", ("Anthropic", "anthropic")),
        ("gemini-1.5-pro", ("Google", "gcp.gemini")),
        ("deepseek/deepseek-r1", ("DeepSeek", "deepseek")),
        ("gpt-9/", ("OpenAI", "openai")),
        ("gpt-9-2025-04-14", ("OpenAI", "openai")),
        ("openai/-2025-04-14", None),
        ("llama-3", None),
        ("", None),
    ],
)
def test_families_of_unknown_models(name: str, family: tuple[str, str] | None) -> None:
    """A model without an entry has a family by its prefix, or none."""
    assert MATCHER.family(name) == family


def test_forms_are_tried_from_the_whole_to_the_bare_name() -> None:
    """The name itself comes first, then without the provider prefix, then without the date."""
    assert forms(" A/B/C-2025-04-14 ") == ["a/b/c-2025-04-14", "c-2025-04-14", "c"]
    assert forms("plain") == ["plain"]


CARD = """
index_prefix: x
retention_days: {api: 1, errors: 1, audit: 1, access: 1, system: 1, rejected: 1, deadletter: 1}
budgets: {request_usd: 1, day_usd: 1, month_usd: 1}
latency_classes: [{name: all}]
models:
  - {id: vendor/m, provider: p, family: f, patterns: [abc*xyz], prices: [{from: 2024-01-01, input: 1, output: 1}]}
  - {id: m, provider: p, family: f, aliases: [abc-special-xyz], prices: [{from: 2024-01-01, input: 1, output: 1}]}
  - {id: dated-2025-04-14, provider: p, family: f, prices: [{from: 2024-01-01, input: 1, output: 1}]}
  - {id: dated, provider: p, family: f, prices: [{from: 2024-01-01, input: 1, output: 1}]}
"""


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("vendor/m", "vendor/m"),
        ("other/m", "m"),
        ("dated-2025-04-14", "dated-2025-04-14"),
        ("dated-2025-04-15", "dated"),
        ("abc-special-xyz", "m"),
        ("other/abc-special-xyz", "m"),
        ("abcxyz", "vendor/m"),
        ("abc1xyz", "vendor/m"),
        ("abcxyz-2025-04-14", "vendor/m"),
        ("abxyz", None),
        ("abcyz", None),
    ],
)
def test_precedence(name: str, model: str | None) -> None:
    """A longer form wins over a shorter one, an id or alias over a pattern, and * may stand for nothing."""
    actual = Matcher(price_part(cards.parse(CARD))).match(name)
    assert (actual and actual.model["id"]) == model


def matches(glob: Glob, name: str) -> bool:
    """The meaning of a glob, said directly."""
    long_enough = len(name) >= len(glob.prefix) + len(glob.suffix)
    return long_enough and name.startswith(glob.prefix) and name.endswith(glob.suffix)


NAMES = ["".join(letters) for size in range(7) for letters in itertools.product("ab", repeat=size)]
sides = st.text("ab", max_size=3)


@given(st.lists(st.tuples(sides, sides, st.integers(0, 2)), max_size=6))
def test_overlaps_equal_brute_force(drawn: list[tuple[str, str, int]]) -> None:
    """Over a small alphabet, a clash is found exactly when some name matches globs of two models."""
    globs = [Glob(prefix, suffix, model, number) for number, (prefix, suffix, model) in enumerate(drawn)]
    clashing = {
        first.number
        for first, other in itertools.permutations(globs, 2)
        if first.model != other.model and any(matches(first, name) and matches(other, name) for name in NAMES)
    }
    actual = overlaps(globs)
    assert {glob.number for pair in actual for glob in pair} <= clashing
    assert bool(actual) == bool(clashing)
    for earlier, later in actual:
        longest = max(earlier.prefix, later.prefix, key=len) + max(earlier.suffix, later.suffix, key=len)
        assert matches(earlier, longest)
        assert matches(later, longest)
        assert earlier.model != later.model


def test_overlaps_of_many_patterns_are_found_in_linear_time() -> None:
    """20,000 patterns take about ten times as long as 2,000, not a hundred times."""
    globs = [Glob(f"vendor-{n}-", f"-{n}-eu", n, n) for n in range(20_000)]
    began = time.process_time()
    assert overlaps(globs[:2_000]) == []
    small = time.process_time() - began
    began = time.process_time()
    assert overlaps(globs) == []
    assert time.process_time() - began < max(0.2, small) * 40
