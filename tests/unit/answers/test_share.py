"""The part of the calls that moves in a simulation."""

from __future__ import annotations

from fractions import Fraction

import pytest

from generator.errors import UserError
from runner.commands.simulate import part


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("0.3", Fraction(3, 10)), ("30%", Fraction(3, 10)), ("1", Fraction(1)), ("1/3", Fraction(1, 3))],
)
def test_a_part_as_a_person_writes_it(text: str, wanted: Fraction) -> None:
    """Exact, not a double."""
    assert part(text) == wanted


@pytest.mark.parametrize("text", ["30", "-0.1", "x", "1/0", "101%"])
def test_what_is_no_part(text: str) -> None:
    """The error says what to write."""
    with pytest.raises(UserError, match=r"write 0\.3 or 30%"):
        part(text)
