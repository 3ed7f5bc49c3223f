"""No prompt reaches a document, whatever its key, form and place, and however broken its line is."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from typing import TYPE_CHECKING, Final

import pytest

from tests.cases.prompt_canaries import BASES, KEYS, canaries, lines, other_lines
from tests.filterrun import Filter

if TYPE_CHECKING:
    from pathlib import Path

    from tests.filterrun import Json

pytestmark = pytest.mark.jruby
#: Every canary goes through one source; every place sees 70 of them or more.
SHARE: Final = len(BASES)


def leaks(line: str, documents: list[Json], label: str, text: str) -> list[str]:
    """What of the canary is in the documents: its label, or the whole of a text that hides it."""
    assert documents
    result = json.dumps(documents, ensure_ascii=False)
    escaped = json.dumps(text, ensure_ascii=False)[1:-1]
    return [f"{part!r} of {line[:300]} in {result[:600]}" for part in (label, escaped) if part in result]


@pytest.mark.parametrize("source", sorted(BASES))
def test_no_prompt_comes_through(live_filter: Filter, source: str) -> None:
    """Neither label nor text is in any document of a call, an error, a rejected or a truncated line."""
    place = sorted(BASES).index(source)
    taken = [
        (label, text, line)
        for number, (label, text) in enumerate(canaries())
        if number % SHARE == place
        for line in lines(source, text, number)
    ]
    answers = live_filter.run(source, [line.encode() for _, _, line in taken])
    actual = [
        leak
        for (label, text, line), documents in zip(taken, answers, strict=True)
        for leak in leaks(line, documents, label, text)
    ]
    assert actual == []


def test_none_comes_through_other_lines(live_filter: Filter) -> None:
    """The same for JSON that a container or a syslog line carries, for bodies, and for lines without a source."""
    for number, (label, text) in enumerate(canaries()):
        for source, line in other_lines(text, KEYS[number % len(KEYS)]):
            (documents,) = live_filter.run(source, [line.encode()])
            assert leaks(line, documents, label, text) == []


def test_what_is_no_prose_is_kept(live_filter: Filter) -> None:
    """Numbers, booleans, ids, versions, times and names of places stay readable under keys that nobody foresaw."""
    kept_values = {
        "region": "ap-northeast-2",
        "version": "1.24.3",
        "build": "20250115.4",
        "pod": "gateway-7d9f5c8b6-x2x4z",
        "uuid": "5f3b9c2e-8d4a-4b7e-9a1c-2d6e8f0a1b3c",
        "sha": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
        "at": "2025-01-15T10:30:00.123Z",
        "request": "req_011CSHoEeqs5C35K2UUqR7Fy",
        "tier": "premium",
        "count": 17,
        "ok": True,
        "ratio": 0.5,
        "sizes": [1, 2, 3],
    }
    (documents,) = live_filter.run("webhook", [json.dumps({**BASES["webhook"], "extra": kept_values}).encode()])
    actual = documents[0]["_source"]["holysheep"]["metadata"]
    texts = {"count": "17", "ok": "true", "ratio": "0.5", "sizes": "1, 2, 3"}
    expected = {f"extra.{key}": texts.get(key, value) for key, value in kept_values.items()}
    # `request` says that a text stands there: of it not even a short one is kept.
    expected["extra.request"] = "[TEXT len=28]"
    assert actual == expected


def test_a_text_can_be_found_again_by_its_keyed_hash(
    command: list[str], case_rules: Json, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a key the length comes with the first 16 digits of HMAC-SHA256; the same in metadata, rejected and keys."""
    (tmp_path / "rules.json").write_text(json.dumps(case_rules), encoding="utf-8")
    (tmp_path / "key").write_text("a key of this test\n", encoding="utf-8")
    monkeypatch.setenv("HOLYSHEEP_PRIVACY_KEY_FILE", str(tmp_path / "key"))
    running = Filter(command, tmp_path / "rules.json", env=dict(os.environ))
    text = 'what "he" said, 어제'
    digest = hmac.new(b"a key of this test", text.encode(), hashlib.sha256).hexdigest()[:16]
    call, shape = running.run(
        "webhook", [json.dumps({**BASES["webhook"], "u": text, text: 1}).encode(), json.dumps({"u": text}).encode()]
    )
    running.close()
    assert call[0]["_source"]["holysheep"]["metadata"] == {
        "u": f"[TEXT len={len(text)} hmac={digest}]",
        f"KEY_len={len(text)}_hmac={digest}": "1",
    }
    assert json.loads(shape[0]["_source"]["holysheep"]["rejected"]["original"]) == {
        "u": f"[TEXT len={len(text)} hmac={digest}]"
    }


def test_rejected_lines_are_kept_where_the_card_says_so(command: list[str], case_rules: Json, tmp_path: Path) -> None:
    """With keep_rejected the whole masked text of a line that is not understood is there, as it was before."""
    rules = {**case_rules, "keep": {**case_rules["keep"], "rejected": True}}
    (tmp_path / "rules.json").write_text(json.dumps(rules), encoding="utf-8")
    running = Filter(command, tmp_path / "rules.json")
    (documents,) = running.run("webhook", [b'{"hello": "my prompt for kim@example.com'])
    running.close()
    assert documents[0]["_source"]["holysheep"]["rejected"]["original"] == '{"hello": "my prompt for [EMAIL_MASKED]'
