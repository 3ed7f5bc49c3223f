"""Which context `simulate` holds calls against: that of the target in the card that prices them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import pytest

from generator import card as cards
from generator.paths import PRICING
from runner.answers.simulate import Simulation
from runner.answers.simulate_sheets import assumptions
from runner.commands import simulate

if TYPE_CHECKING:
    from generator.card import Card

#: The line of deepseek-v3.2 in pricing.yaml.
LINE = "    context_window: 64000\n"
UNCHECKED = "The card has no context_window for deepseek-v3.2: calls may move that do not fit (--max-input)."


def plan(card: Card, *options: str) -> simulate.Plan:
    """What the command assumes, with a card that `--card` may have named."""
    parser = argparse.ArgumentParser()
    simulate.add_parser(parser.add_subparsers())
    return simulate.plan_of(parser.parse_args(["simulate", "today", *options]), cards.load(PRICING), card)


def changed(line: str) -> Card:
    """The shipped card with another line for the window of deepseek-v3.2."""
    text = PRICING.read_text(encoding="utf-8")
    assert text.count(LINE) == 1
    return cards.parse(text.replace(LINE, line))


@pytest.mark.parametrize(("line", "window"), [(LINE, 64_000), ("    context_window: 128000\n", 128_000), ("", None)])
def test_the_window_is_that_of_the_card_that_prices(line: str, window: int | None) -> None:
    """Found by an alias, too."""
    assert plan(changed(line), "--to", "deepseek-chat-v3.2").window == window


def test_without_a_target_there_is_no_window() -> None:
    """Each call keeps the model that answered it."""
    assert plan(changed(""), "--prices-of", "2026-01-01").window is None


def test_an_unknown_window_is_said() -> None:
    """Only where it matters: not with a limit by hand, and not without a target."""
    for options, said in (
        (["--to", "deepseek-v3.2"], True),
        (["--to", "deepseek-v3.2", "--max-input", "64000"], False),
        (["--prices-of", "2026-01-01"], False),
    ):
        found = Simulation(plan(changed(""), *options), [])
        assert (UNCHECKED in assumptions(found, "pricing.yaml")) is said
