"""The card's settings against the frameworks that it names."""

from __future__ import annotations

import pytest

from generator import card
from generator.card.compliance import load
from generator.errors import UserError, UserErrors
from generator.paths import PRICING

TEXT = PRICING.read_text(encoding="utf-8")


def messages(text: str) -> list[str]:
    """The mistakes of a card, or none."""
    try:
        card.parse(text)
    except UserErrors as error:
        return [str(item) for item in error.errors]
    except UserError as error:
        return [str(error)]
    return []


def with_frameworks(names: str, *changes: tuple[str, str]) -> str:
    """The shipped card with frameworks and other changes."""
    text = TEXT.replace("\nretention_days:", f"\ncompliance: [{names}]\nretention_days:")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("names", ["soc2", "gdpr", "pci_dss", "soc2, gdpr, pci_dss"])
def test_the_shipped_card_goes_with_frameworks_of_one_year(names: str) -> None:
    """Three years are more than one, and nothing of a prompt is kept."""
    assert messages(with_frameworks(names)) == []


def test_six_years_of_hipaa() -> None:
    """Six years are 2,190 days: calls and access lines of the shipped card are kept for three years."""
    told = messages(with_frameworks("soc2, hipaa"))
    assert [message.split(": ")[1] for message in told] == ["retention_days.api", "retention_days.access"]
    assert all("1095 days are less than the 2190 that HIPAA asks for" in message for message in told)
    longer = [("api: 1095", "api: 2190"), ("access: 1095", "access: 2190")]
    assert messages(with_frameworks("soc2, hipaa", *longer)) == []


def test_prompts_are_not_kept_under_gdpr() -> None:
    """The line of the setting is named, and what to write."""
    text = with_frameworks("gdpr", ("keep_prompts: false", "keep_prompts: true"))
    (message,) = messages(text)
    line = 1 + text.split("\n").index("  keep_prompts: true")
    assert f":{line}: privacy.keep_prompts: true does not go with GDPR, write false" in message


def test_an_unknown_framework_is_refused() -> None:
    """A name that is none of the four is a mistake of its own."""
    assert "compliance" in messages(with_frameworks("iso27001"))[0]


def test_every_requirement_says_who_meets_it() -> None:
    """Each requirement has all four frameworks' words, and says what the bundle does and what it does not."""
    for requirement in load().requirements:
        assert set(requirement.asks) == {"soc2", "gdpr", "hipaa", "pci_dss"}
        assert requirement.met
        assert requirement.yours
        assert requirement.not_met
