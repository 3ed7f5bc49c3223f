"""What is too big for a file: huge, deep and wide lines, and 20,000 mutated ones. None stops or changes the rest."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.cases.test_cases import LOGS, case_lines
from tests.documents import stray_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.filterrun import Filter

pytestmark = pytest.mark.jruby
SOURCES: Final = (
    "webhook",
    "client",
    "collector",
    "middleware",
    "agent",
    "error_event",
    "access",
    "syslog",
    "container",
    "litellm",
    "-",
    "-!body",
)
GOOD: Final = {
    "access": b'203.0.113.7 - - [15/Jan/2025:10:30:00 +0000] "GET / HTTP/1.1" 200 5',
    "syslog": b"2025-01-15T10:30:00Z gw-1 app[1]: fine",
}
CALL: Final = b'{"timestamp":"2025-01-15T10:30:00Z","model":"gpt-4.1","tokens":{"input":1,"output":2},"latency_ms":3}'
HEAD: Final = b'{"timestamp":"2025-01-15T10:30:00Z","model":"gpt-4.1","tokens":{"input":1,"output":2},"latency_ms":3,'
MEGA: Final = 1_000_000
HOSTILE: Final[dict[str, bytes]] = {
    "10 MB in a string": HEAD + b'"x":"' + b"a" * (10 * MEGA) + b'"}',
    "10 MB in a string that never ends": HEAD + b'"x":"' + b"a" * (10 * MEGA),
    "10 MB of quotes": b'{"' * (5 * MEGA),
    "10 MB of backslashes": HEAD + b'"x":"' + b"\\" * (10 * MEGA),
    "10 MB of a word": b"a" * (10 * MEGA),
    "10 MB of digits": HEAD + b'"x":' + b"9" * (10 * MEGA) + b"}",
    "10 MB of @": b"a@" * (5 * MEGA),
    "1 MB of what looks like keys": b"sk-" * (MEGA // 3),
    "10,000 deep, lists": b"[" * 10_000 + b"]" * 10_000,
    "10,000 deep, objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "10,000 deep, never closed": b'{"a":[' * 10_000,
    "10,000 deep within a call": HEAD + b'"x":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "900 deep within a call": HEAD + b'"x":' + b'{"y":' * 900 + b"1" + b"}" * 900 + b"}",
    "5,000 keys": HEAD + b",".join(b'"k%d":%d' % (key, key) for key in range(5000)) + b"}",
    "5,000 keys of metadata": HEAD + b'"metadata":{' + b",".join(b'"k%d":"v"' % key for key in range(5000)) + b"}}",
    "10,000 objects": b"{}" * 10_000,
    "a key of 1 MB": HEAD + b'"' + b"k" * MEGA + b'":1}',
    "1 MB of NUL": b"\0" * MEGA,
    "1 MB of invalid UTF-8": b"\xff\xfe" * (MEGA // 2),
}


@pytest.mark.parametrize("source", ["webhook", "access", "syslog", "container", "-", "-!body"])
def test_huge_deep_and_wide_lines(live_filter: Filter, source: str) -> None:
    """Each gives documents that Elasticsearch takes, without internal errors; the neighbours stay what they are."""
    neighbour = GOOD.get(source, CALL)
    (expected,) = live_filter.run(source, [neighbour])
    assert "rejected" not in expected[0]["_index"]
    for name, line in HOSTILE.items():
        if source in {"container", "-!body"} and len(line) > 5 * MEGA:
            continue  # what differs between the sources shows with the smaller ones
        before, actual, after = live_filter.run(source, [neighbour, line, neighbour])
        assert before == after == expected, name
        assert actual, name
        for document in actual[:50]:
            assert stray_fields(document) == [], name
            assert reason(document) != "internal_error", name


def test_metadata_is_bounded_and_says_so(live_filter: Filter) -> None:
    """Of 5,000 keys 64 are kept, and the document says how many are not."""
    (documents,) = live_filter.run("webhook", [HOSTILE["5,000 keys"]])
    holysheep = documents[0]["_source"]["holysheep"]
    assert len(holysheep["metadata"]) == 64
    assert holysheep["problems"] == ["metadata: 4936 more entries left out"]


def reason(document: dict[str, Any]) -> str | None:
    """Why the line was rejected, None when it was not."""
    rejected: dict[str, str] = document["_source"]["holysheep"].get("rejected", {})
    return rejected.get("reason")


WORDS: Final = (
    b"null",
    b"true",
    b"-1",
    b"1e309",
    b"9223372036854775808",
    b'""',
    b"[]",
    b"{}",
    b'"\\ud800"',
    b'"\\u0000"',
    b"0.1",
    b"NaN",
    b"Infinity",
    b"-0.0",
    b"1e-400",
    b'"2025-01-15T10:30:00Z"',
    b'"9999-12-31T23:59:60Z"',
    b"[1,[2,{}]]",
    b'{"a":{"b":null}}',
    b"\xed\xa0\x80",
    b"\xff",
    b"\0",
    b"\xef\xbb\xbf",
    "é한글😀".encode(),
    b"%{x}${HOME}#{1}",
    b"\\",
    b'"',
    b"\r",
)


def mutations(lines: list[bytes], count: int, seed: int) -> Iterator[bytes]:
    """Lines with bytes flipped, cut, doubled, swapped with another line's, and values replaced."""
    chance = random.Random(seed)  # noqa: S311  # reproducible, not secret
    for _ in range(count):
        line = bytearray(chance.choice(lines))
        for _ in range(chance.randint(1, 3)):
            at, to = sorted((chance.randint(0, len(line)), chance.randint(0, len(line))))
            kind = chance.randrange(8)
            if kind == 0 and line:
                line[min(at, len(line) - 1)] = chance.randrange(256)
            elif kind == 1:
                del line[at : at + chance.randint(1, 12)]
            elif kind == 2:
                line[at:at] = line[at:to][:200]
            elif kind == 3:
                del line[at:]
            elif kind == 4:
                other = chance.choice(lines)
                line[at:] = other[chance.randint(0, len(other)) :]
            elif kind == 5:
                line[at:at] = chance.choice(WORDS)
            else:
                replace_value(line, chance)
        yield bytes(line).replace(b"\n", b" ")


def replace_value(line: bytearray, chance: random.Random) -> None:
    """A hostile value behind one of the line's colons."""
    colons = [place for place, byte in enumerate(line) if byte == ord(":")]
    if not colons:
        return
    start = chance.choice(colons) + 1
    ends = [place for mark in b",}" if (place := line.find(mark, start)) >= 0]
    line[start : min(ends, default=len(line))] = chance.choice(WORDS)


@pytest.mark.parametrize("source", SOURCES)
def test_mutated_lines(live_filter: Filter, source: str) -> None:
    """Every mutated line gives documents of known fields and fitting types, and none an internal error."""
    count = int(os.environ.get("HOLYSHEEP_FUZZ_LINES", "20000")) // len(SOURCES)
    seed = int(os.environ.get("HOLYSHEEP_FUZZ_SEED", "1"))
    source_lines = [line for log in LOGS if log.parent.name == source for line in case_lines(log)]
    lines = source_lines or [line for log in LOGS for line in case_lines(log)]
    mutated = list(mutations(lines, count, seed))
    for line, documents in zip(mutated, live_filter.run(source, mutated), strict=True):
        assert documents, line
        for document in documents:
            assert stray_fields(document) == [], line
            assert reason(document) != "internal_error", f"{line!r}: {document}"
    assert live_filter.alive


def test_the_samples_are_mutated_too() -> None:
    """The fuzz starts from the lines of every source's cases."""
    sources = {log.parent.name for log in LOGS}
    assert {source for source in SOURCES if not source.startswith("-")} <= sources
