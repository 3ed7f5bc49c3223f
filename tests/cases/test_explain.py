"""`process --explain` names the source that the real filter detects, for every JSON line of the cases and samples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from runner.lines.explain import explain

if TYPE_CHECKING:
    from tests.filterrun import Filter

ROOT = Path(__file__).parents[1]
#: Reasons of rejection that mean that no source has such keys.
SHAPE = {"unknown_shape", "not_an_object"}


def json_lines() -> list[str]:
    """The lines of the cases and samples that are JSON objects, each once."""
    samples = [file for ending in ("log", "json", "jsonl") for file in (ROOT / "samples").rglob(f"*.{ending}")]
    files = [*(ROOT / "cases").rglob("*.log"), *samples]
    lines = [line for file in sorted(files) for line in file.read_bytes().splitlines() if line.startswith(b"{")]
    return [line.decode() for line in dict.fromkeys(lines) if is_utf8_object(line)]


def is_utf8_object(line: bytes) -> bool:
    """Whether a line is a JSON object in UTF-8."""
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def test_the_explained_source_is_the_filters(live_filter: Filter) -> None:
    """No source is named, so the line's keys decide, in Ruby and in Python.

    A line that the filter rejects for another reason than its shape, such as a wrong time, has no source to compare.
    """
    lines = json_lines()
    assert len(lines) > 300
    compared, differences = 0, []
    for line, documents in zip(lines, live_filter.run("-", [line.encode() for line in lines]), strict=True):
        holysheep = [document["_source"]["holysheep"] for document in documents]
        if {part["rejected"]["reason"] for part in holysheep if "rejected" in part} - SHAPE:
            continue
        compared += 1
        detected = {part.get("source") for part in holysheep}
        explained = {explanation.source for explanation in explain(line, None) or []}
        if explained != detected:
            differences.append((line[:200], explained, detected))
    assert differences == []
    assert compared > 300


def test_an_envelope_of_anybodys_records_is_explained_record_by_record(live_filter: Filter) -> None:
    """`records` is Azure's key, and other senders' too: each record has the source that the filter gives it."""
    call = '{"log_id":"a","timestamp":"2026-11-20T10:00:00Z","model":"gpt-4.1","request_tokens":1,"response_tokens":1}'
    line = f'{{"records":[{call}]}}'
    [[document]] = live_filter.run("-", [line.encode()])
    assert (
        [part.source for part in explain(line, None) or []]
        == [document["_source"]["holysheep"]["source"]]
        == ["client"]
    )


def test_records_that_are_not_there_are_explained() -> None:
    """A line with a source's keys and none of its records names the source, and everything else as left over."""
    [explanation] = explain('{"resourceSpans": 3, "model": "gpt-4.1"}', None) or []
    assert (explanation.source, explanation.by) == ("otel", ["resourceSpans"])
    assert explanation.left_over == ["model", "resourceSpans"]


def test_hostile_lines_are_no_objects() -> None:
    """Nesting beyond what the parser takes, broken JSON, and no text at all."""
    assert [explain(line, None) for line in ("[" * 100_000, '{"a":' * 100_000, '{"a"', "", "7")] == [None] * 5


def test_rows_and_texts_of_a_named_source_are_explained() -> None:
    """A row is read by the columns that are as many, an access line by its pattern; another text by none."""
    row = "1736899200,1736985600,,,proj_a,470,,key_1,gpt-4.1,False,141201,9756,100,0,0"
    [explanation] = explain(row, "openai_usage") or []
    assert explanation.by == ["its 15 columns"]
    assert explanation.mapped["cached"] == ("input_cached_tokens", '"100"')
    assert explanation.left_over == ["input_audio_tokens", "output_audio_tokens"]
    [explanation] = explain('INFO:     10.1.2.3:52344 - "POST /v1/completions HTTP/1.1" 429 Too Many', "serving") or []
    assert explanation.mapped["status_code"] == ("status_code", '"429"')
    assert explain("time=2026-11-20 level=INFO", "serving") is None
    assert explain(row, None) is None


def test_lists_of_attributes_are_shown_plain() -> None:
    """OTLP's arrayValue is a list."""
    value = {"arrayValue": {"values": [{"stringValue": "stop"}]}}
    span = {"attributes": [{"key": "gen_ai.response.finish_reasons", "value": value}]}
    [explanation] = explain(json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}), None) or []
    assert explanation.mapped["finish_reasons"] == ("attributes.gen_ai.response.finish_reasons", '["stop"]')
