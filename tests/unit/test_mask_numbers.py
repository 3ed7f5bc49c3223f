"""Numbers of people among numbers of machines: what is masked in which spelling, and what must not be taken for one."""

from __future__ import annotations

import random
from typing import Final

import pytest

from holysheep import mask

#: As an Asian keyboard writes digits.
WIDE: Final = str.maketrans("0123456789", "".join(chr(0xFF10 + digit) for digit in range(10)))
#: Hyphen, dashes of print, minus, and the vowels that are typed for a dash.
DASHES: Final = ("-", "\u2010", "\u2011", "\u2013", "\u2014", "\u2212", "\uff0d", "\u30fc", "\u3161")
RESIDENT: Final = ("900101", "1234567")
MASKED: Final = "of [NATIONAL_ID_MASKED], ok"


@pytest.mark.parametrize("dash", [*DASHES, " - ", " \u2013 ", "- "])
def test_a_resident_number_is_masked_with_every_dash(dash: str) -> None:
    """In ASCII and in full-width digits."""
    written = f"of {dash.join(RESIDENT)}, ok"
    assert mask.text(written) == MASKED
    assert mask.text(written.translate(WIDE)) == MASKED


@pytest.mark.parametrize("dash", DASHES)
def test_phone_and_card_numbers_too(dash: str) -> None:
    """Whatever is masked with a hyphen is masked with another dash."""
    for number, label in (("010-9876-5432", "PHONE"), ("4111-1111-1111-1111", "CARD"), ("078-05-1120", "SSN")):
        written = number.replace("-", dash)
        assert mask.text(f"von {written}.") == f"von [{label}_MASKED]."
        assert mask.text(f"von {written.translate(WIDE)}.") == f"von [{label}_MASKED]."


@pytest.mark.parametrize(
    "text",
    [
        "2024\u20132025",
        "pages 1234\u20135678 of 90123",
        "\uff12\uff10\uff12\uff14\u5e74",
        "\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\u4ef6",
        "build 900101\u20131234567a",
        "x900101\u20131234567",
    ],
)
def test_other_numbers_stay_as_they_were_written(text: str) -> None:
    """Full-width digits and dashes stay, too, where nothing is masked."""
    assert mask.text(text) == text


@pytest.mark.parametrize("number", ["9001011234568", "0003153234560", "8505155234560"])
def test_unbroken_digits_are_a_resident_number_by_their_check_digit(number: str) -> None:
    """Born in 1990, in 2000, and a foreigner's; with any other last digit it is a number."""
    assert mask.text(f"of {number}, ok") == MASKED
    others = [number[:-1] + str(digit) for digit in range(10) if str(digit) != number[-1]]
    assert [other for other in others if mask.text(other) != other] == []


@pytest.mark.parametrize(
    "number", ["1738866280123", "9002301234560", "9013011234568", "2101013234560", "1501011234560"]
)
def test_no_day_and_no_century(number: str) -> None:
    """A date that does not exist, and a year after 2020 or before 1921: no last digit makes it a resident number."""
    for digit in range(10):
        assert mask.text(number[:-1] + str(digit)) == number[:-1] + str(digit)


def test_times_in_milliseconds_stay() -> None:
    """Of today's none is a day of birth. Of all from 2015 to 2033 it takes a day and a check digit: one in 300."""
    chance = random.Random(3)  # noqa: S311 - reproducible, not secret
    today = [str(chance.randrange(1_712_400_000_000, 1_801_000_000_000)) for _ in range(5000)]
    assert [text for text in today if mask.text(text) != text] == []
    ever = [str(chance.randrange(1_420_000_000_000, 2_000_000_000_000)) for _ in range(20_000)]
    assert sum(mask.text(text) != text for text in ever) < 20_000 / 300


def test_ids_of_thirteen_digits_mostly_stay() -> None:
    """Chance gives a day, a century and a check digit to fewer than one in 300."""
    chance = random.Random(4)  # noqa: S311 - reproducible, not secret
    ids = [str(chance.randrange(10**12, 10**13)) for _ in range(20_000)]
    taken = [text for text in ids if mask.text(text) == "[NATIONAL_ID_MASKED]"]
    assert len(taken) < 20_000 / 300
