"""Numbers of people that a line has as JSON numbers, and passwords in metadata: masked as their text would be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from generator.registry import masks
from holysheep import privacy

if TYPE_CHECKING:
    from tests.filterrun import Filter, Json

pytestmark = pytest.mark.jruby
CARD: Final = 4111111111111111
RESIDENT: Final = 9001011234568
#: A card's length without its check digit, a time in milliseconds, and one in nanoseconds.
PLAIN: Final = (4111111111111112, 1738866280123, 1738866280123456789)
CALL: Final = {"timestamp": "2025-01-15T10:30:00Z", "model": "gpt-4.1", "input_tokens": 10, "output_tokens": 2}


def written(live_filter: Filter, line: Json, source: str) -> list[Json]:
    """The documents of a line."""
    (documents,) = live_filter.run(source, [json.dumps(line).encode()])
    return documents


def metadata(live_filter: Filter, line: Json, source: str = "client") -> list[Json]:
    """The metadata of each document of a line."""
    documents = written(live_filter, line, source)
    return [document["_source"]["holysheep"]["metadata"] for document in documents]


def test_numbers_of_metadata_and_of_unknown_keys_are_masked(live_filter: Filter) -> None:
    """Also in objects, in lists of numbers, and where a program wrote the integer with a point."""
    line = {
        **CALL,
        "card_no": CARD,
        "metadata": {
            "card": CARD,
            "written": str(CARD),
            "in": {"rrn": RESIDENT},
            "list": [1, CARD, 2],
            "point": float(CARD),
        },
    }
    (kept,) = metadata(live_filter, line)
    assert kept == {
        "card": "[CARD_MASKED]",
        "written": "[CARD_MASKED]",
        "in.rrn": "[NATIONAL_ID_MASKED]",
        "list": "1, [CARD_MASKED], 2",
        "point": "[CARD_MASKED]",
        "card_no": "[CARD_MASKED]",
    }


def test_other_numbers_stay(live_filter: Filter) -> None:
    """Times, counts and fractions."""
    numbers = {f"n{place}": number for place, number in enumerate(PLAIN)}
    (kept,) = metadata(live_filter, {**CALL, "metadata": {**numbers, "list": [5, PLAIN[1]], "part": 0.25}})
    assert kept == {
        **{name: str(number) for name, number in numbers.items()},
        "list": f"5, {PLAIN[1]}",
        "part": "0.25",
    }


def test_an_agents_step_is_masked_in_both_indices(live_filter: Filter) -> None:
    """The document of `audit` has the same metadata, and its payload is masked."""
    line = {**CALL, "step_name": "pay", "request_payload": {"card": CARD}, "metadata": {"card": CARD}}
    documents = written(live_filter, line, "agent")
    assert len(documents) == 2
    assert str(CARD) not in json.dumps(documents)
    assert [document["_source"]["holysheep"]["metadata"]["card"] for document in documents] == ["[CARD_MASKED]"] * 2


def test_a_rejected_line_keeps_no_such_number(live_filter: Filter) -> None:
    """Nor does its list of numbers; other numbers of the outline stay."""
    line = {"timestamp": 5, "card": CARD, "list": [1, CARD], "at": PLAIN[1]}
    (document,) = written(live_filter, line, "client")
    original = document["_source"]["holysheep"]["rejected"]["original"]
    assert json.loads(original) == {
        "timestamp": 5, "card": "[CARD_MASKED]", "list": [1, "[CARD_MASKED]"], "at": PLAIN[1]
    }  # fmt: skip


def test_passwords_of_metadata_are_masked_by_their_names(live_filter: Filter) -> None:
    """`pw` always, `pass` where its value looks like a password; `pwd` may be a folder."""
    told = {
        "pw": "hunter2", "login_pw": "hunter2", "dbPw": "hunter2", "pass": "hunter2", "smtp_pass": "s3same9",
        "wpw": "v2", "pass_count": "v2", "first_pass": "ok", "bypass": "x9y8", "pwd": "src",
    }  # fmt: skip
    (kept,) = metadata(live_filter, {**CALL, "metadata": told})
    secret = dict.fromkeys(("pw", "login_pw", "dbPw", "pass", "smtp_pass"), "[SECRET_MASKED]")
    assert kept == {**told, **secret}


def test_a_password_of_digits_is_masked_by_its_name(live_filter: Filter) -> None:
    """From four digits on, as a PIN has them; fewer count something. The client does so before it writes a line."""
    told = {"password": 481516, "login_pw": 1234, "credentials": {"secret": -9999}, "password_changes": 3, "n": 481516}
    (kept,) = metadata(live_filter, {**CALL, "metadata": told})
    masked = "[SECRET_MASKED]"
    assert kept == {
        "password": masked, "login_pw": masked, "credentials.secret": masked, "password_changes": "3", "n": "481516"
    }  # fmt: skip
    by_client = {**told, "password": masked, "login_pw": masked, "credentials": {"secret": masked}}
    assert privacy.values(told) == by_client


def test_the_client_masks_by_names_too() -> None:
    """Texts under names of secrets, whatever they look like; an empty one stays, and so does another name."""
    told = {
        "pw": "hunter2",
        "DB_PASSWORD": "abc",
        "api_key": "",
        "api_key_alias": "shop",
        "비밀번호": "가나다",
        "tokens": "many",
    }
    masked = dict.fromkeys(("pw", "DB_PASSWORD", "비밀번호"), "[SECRET_MASKED]")
    assert privacy.values(told) == {**told, **masked}


@pytest.mark.parametrize("which", ["match", "not_"])
def test_filter_and_client_hide_under_the_same_names(live_filter: Filter, which: str) -> None:
    """The names of masks.yaml, with a value that looks like a password. The filter shows no name in Korean."""
    names = getattr(masks.load().secret_names, which)
    told = dict.fromkeys(names, "s3same9")
    shown = "[SECRET_MASKED]" if which == "match" else "s3same9"
    assert privacy.values(told) == dict.fromkeys(names, shown)
    (kept,) = metadata(live_filter, {**CALL, "metadata": {"in": told}})
    assert list(kept.values()) == [shown] * len(names)


def test_a_password_that_is_empty_is_none(live_filter: Filter) -> None:
    """The filter keeps no empty text, the client writes it as it is."""
    told = {"password": "", "pass": "", "n": "1"}
    assert privacy.values(told) == told
    assert metadata(live_filter, {**CALL, "metadata": told}) == [{"n": "1"}]
