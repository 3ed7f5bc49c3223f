"""The rules of errors.yaml and their phrases: what they accept and what they refuse."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from generator import yamltext
from generator.errors import UserError
from generator.registry import errors
from generator.registry.phrases import compile_phrase
from holysheep.errors.phrases import squeezed, words
from tests import messages


def test_words_are_told_apart_by_case_underscores_and_digits() -> None:
    """Camel case, snake case and kebab case give the same words."""
    assert words("RateLimit") == words("rate_limit") == words("Rate-Limit") == " ^ rate limit "
    assert words("APIConnectionError: 429") == " ^ api connection error 429 "


def test_a_phrase_becomes_its_parts() -> None:
    """A gap gives two parts, a star leaves the last word open, ^ stands for the start."""
    assert compile_phrase("max_tokens … exceed*") == [" max tokens ", " exceed"]
    assert compile_phrase("^ 429") == [" ^ 429 "]


def test_a_phrase_that_is_not_ascii_is_looked_for_without_spaces() -> None:
    """Korean is written with and without a space between two nouns."""
    assert compile_phrase("요청 한도") == ["요청한도"]
    assert squeezed("API 요청 한도를 'X' 초과") == "api요청한도를x초과"


@pytest.mark.parametrize("phrase", ["throttl*", "…", "rate … ", "***"])
def test_a_phrase_that_cannot_be_looked_up_is_refused(phrase: str) -> None:
    """The filter looks phrases up by their first word, so it must be whole."""
    with pytest.raises(UserError):
        compile_phrase(phrase)


def test_every_rule_reaches_the_filter_with_a_suggestion() -> None:
    """A rule without one takes its category's."""
    compiled = errors.error_rules()
    suggestions = {category["name"]: category["suggestion"] for category in compiled["categories"]}
    rules = {rule.name: part for rule, part in zip(errors.load_errors().rules, compiled["rules"], strict=True)}
    assert rules["token_count"]["suggestion"] == suggestions["token_limit_error"]
    assert rules["region"]["suggestion"].startswith("The provider does not serve this country")


def test_no_phrase_stands_twice() -> None:
    """The first rule with it wins, so the second would never be asked."""
    compiled = [
        (kind, *parts) for rule in errors.error_rules()["rules"] for kind in ("words", "wide") for parts in rule[kind]
    ]
    assert [phrase for phrase, count in Counter(compiled).items() if count > 1] == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("category: api_connection_error", "category: api_conection_error", "did you mean api_connection_error?"),
        ('"eai again"', '"eai*"', "begins with a word that is cut off"),
        ('"과부하"', '"과"', "begins with one letter"),
    ],
)
def test_a_mistake_names_its_line(old: str, new: str, says: str) -> None:
    """The sentence says where in errors.yaml it stands and what to write instead."""
    text = errors.PATH.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(UserError, match=re.escape(says)) as caught:
        errors.from_document(yamltext.parse(text.replace(old, new, 1), "errors.yaml"))
    assert str(caught.value).startswith("errors.yaml:")


def test_no_near_duplicate_is_in_two_splits() -> None:
    """A group's hash decides its split; the exam's messages stay the exam's."""
    split_of: dict[str, str] = {}
    for message in messages.load():
        if not message.split.startswith("exam"):
            assert message.split == ("held_out" if int(message.group, 16) % 2 else "dev")
        assert split_of.setdefault(message.group, message.split) == message.split


def test_there_are_enough_messages_of_every_category() -> None:
    """400 at least, every category with 15 or more in each half, none twice."""
    all_messages = messages.load()
    assert len({message.text for message in all_messages}) == len(all_messages) >= 400
    for split in ("dev", "held_out"):
        for category in errors.load_errors().categories:
            assert sum(m.split == split and m.category == category.name for m in all_messages) >= 15
