"""How a person's name is found in texts of all spellings, and what is somebody else's."""

from __future__ import annotations

import json
import unicodedata
from urllib.parse import quote, quote_plus

import pytest

from runner.compliance import mentions
from runner.compliance.subject import Subject

HANGUL = "김민수"
ADDRESS = "kim.min+tag@example.kr"
SPECIAL = 'o"neil\\kim/[한 글]*?+(x){1}^$|&<~#'


def fits(name: str, text: str) -> bool:
    """Whether the text is taken for one that names the person."""
    return mentions.pattern([name]).search(text) is not None


@pytest.mark.parametrize("name", ["user-1", HANGUL, ADDRESS, SPECIAL, "a person", "u\\n1", "😀 user"])
def test_a_name_is_found_however_it_is_written(name: str) -> None:
    """As it is, in JSON, in JSON within JSON, in a URL with all, few or doubled escapes, and in a form."""
    inner = json.dumps({"who": name})
    lower = "".join(f"%{octet:02x}" for octet in name.encode())
    texts = [
        name,
        f"login of {name} refused",
        json.dumps({"who": name}, ensure_ascii=False),
        inner,
        json.dumps({"body": inner}),
        json.dumps(json.dumps({"body": inner}, ensure_ascii=False)),
        inner.replace("\\u", "\\u").upper().replace("\\U", "\\u") if name == HANGUL else inner,
        f"/v1/users/{quote(name, safe='')}/calls",
        f"/v1/users/{quote(name, safe='@+')}/calls",
        f"/v1/go?to={quote(quote(name, safe=''), safe='')}",
        f"who={quote_plus(name)}&x=1",
        f"who={lower}" if name == HANGUL else name,
    ]
    assert [text for text in texts if not fits(name, text)] == []
    assert [text for text in texts if mentions.GAP not in mentions.without(text, mentions.pattern([name]))] == []


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("user-1", ["user-11", "user-1-2", "user-1_2", "xuser-1", "my-user-1", "USER-1", "user.1", "user%2D11"]),
        ("session.1", ["sessionx1", "session.12", "session-1"]),
        (
            ADDRESS,
            ["a.kim.min+tag@example.kr", "kim.min+tag@example.kr.org", "kim.min@example.kr", "kimxmin+tag@example.kr"],
        ),
        ("kim@example.kr", ["jin.kim@example.kr", "x+kim@example.kr", "kim@example.kr.org", "kim@example.kro"]),
        (HANGUL, ["김민", "김 민수", "이민수"]),
        ("a*b?cd", ["axxbxcd", "abcd"]),
    ],
)
def test_another_name_is_not_the_persons(name: str, texts: list[str]) -> None:
    """Names that begin or end with the person's, and those that only a pattern would take for it."""
    assert [text for text in texts if fits(name, text)] == []


def test_a_name_ends_where_a_word_ends() -> None:
    """Behind an escape, before a particle, a full stop, a path and an ending."""
    texts = [
        r"{\"text\":\"hello\nuser-1 said\"}", "to%20user-1", "user-1님", "it was user-1.", "/users/user-1/calls",
        "user-1.csv", "user-1@10.0.0.1", r"\u0020user-1",
    ]  # fmt: skip
    assert [text for text in texts if not fits("user-1", text)] == []


def test_an_address_is_the_same_in_capitals_and_a_user_id_is_not() -> None:
    """Mail servers don't tell them apart; ids of base64 do."""
    assert fits(ADDRESS, "KIM.Min+Tag@Example.KR")
    assert fits(ADDRESS, quote("KIM.Min+Tag@Example.KR"))
    assert not fits("aB3dEf", "ab3def")


def test_a_short_name_counts_as_a_whole_value_alone() -> None:
    """`12` is nobody in `"tokens": 12`."""
    assert not any(fits("12", text) for text in ('{"n": 12}', "12 tokens", "code 12", '"a12"', '"12 of 20"'))
    assert all(fits("12", text) for text in ("12", '{"user": "12"}', r"{\"user\": \"12\"}"))
    assert fits("김", '{"user": "김"}')
    assert fits(HANGUL, f"{unicodedata.normalize('NFD', HANGUL)}.pdf")
    assert not fits("김", "김민수님")


def test_a_query_finds_what_the_pattern_fits() -> None:
    """One wildcard holds the words of the name alone, so mixed escapes are read, too; short names ask for nothing."""
    values = {
        next(iter(item["wildcard"].values()))["value"] for item in mentions.clauses([ADDRESS]) if "wildcard" in item
    }
    assert "*kim*min*tag*example*kr*" in values
    assert mentions.clauses(["12"]) == []
    assert r"*a\*b\?c\\d*" in {
        next(iter(item["wildcard"].values()))["value"] for item in mentions.clauses(["a*b?c\\d"]) if "wildcard" in item
    }


def test_a_session_is_found_by_the_hash_that_a_rejected_line_keeps_of_it() -> None:
    """The filter writes a withheld text as its length and its hash by the privacy key, whatever it was."""
    session = Subject("session", "session-77", (b"key",))
    (plain, hashed) = session.names
    assert (plain, len(hashed)) == ("session-77", 16)
    assert mentions.pattern(session.names).search(f'{{"conversation": "[TEXT len=10 hmac={hashed}]"}}')
    assert Subject("session", "session-77").names == ["session-77"]
