"""One case = `<source>/<name>.log` + `<name>.expected.json`; see README.md beside this file."""

from __future__ import annotations

import difflib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.documents import stray_fields

if TYPE_CHECKING:
    from tests.filterrun import Filter, Json

HERE = Path(__file__).parent
LOGS = sorted(HERE.glob("**/*.log"))
HASH = re.compile(r"[A-Za-z0-9_-]{12}")
pytestmark = pytest.mark.jruby


def case_lines(log: Path) -> list[bytes]:
    """The lines of a case; a body is one."""
    content = log.read_bytes()
    return [content] if log.parent.name == "body" else content.removesuffix(b"\n").split(b"\n")


def run_case(live_filter: Filter, log: Path) -> list[list[Json]]:
    """The documents of each line."""
    source = {"body": "-!body", "any": "-"}.get(log.parent.name, log.parent.name)
    return live_filter.run(source, case_lines(log))


def settle(expected: Any, actual: Any, version: str) -> Any:  # noqa: ANN401  # JSON of any shape
    """The expected value with its placeholders replaced by what was found, where that fits."""
    if isinstance(expected, dict):
        have = actual if isinstance(actual, dict) else {}
        return {key: settle(value, have.get(key), version) for key, value in expected.items()}
    if isinstance(expected, list):
        same = actual if isinstance(actual, list) and len(actual) == len(expected) else [None] * len(expected)
        return [settle(*pair, version) for pair in zip(expected, same, strict=True)]
    if expected == "<card>":
        return version
    if expected == "<hash>" and isinstance(actual, str) and HASH.fullmatch(actual):
        return actual
    if expected == "<text>" and isinstance(actual, str) and actual:
        return actual
    return expected


def dump(documents: list[Json]) -> list[str]:
    """The documents as sorted lines, for a diff."""
    return json.dumps(documents, indent=1, sort_keys=True, ensure_ascii=False).splitlines()


@pytest.mark.parametrize("log", LOGS, ids=lambda log: str(log.relative_to(HERE).with_suffix("")))
def test_case(live_filter: Filter, case_rules: Json, log: Path) -> None:
    """The lines of the case give exactly its expected documents, in order."""
    expected: list[Json] = json.loads(log.with_suffix(".expected.json").read_text(encoding="utf-8"))
    actual = [document for documents in run_case(live_filter, log) for document in documents]
    if len(expected) == len(actual):
        for want, have in zip(expected, actual, strict=True):
            want.setdefault("_id", have["_id"])
    settled = settle(expected, actual, case_rules["version"])
    if settled != actual:
        pytest.fail(
            "\n".join(difflib.unified_diff(dump(settled), dump(actual), "expected", "found", lineterm="")),
            pytrace=False,
        )


def test_every_line_gives_documents_of_known_fields(live_filter: Filter) -> None:
    """No line of any case is lost, and no document has a field that fields.yaml does not list for its index."""
    for log in LOGS:
        for line, documents in zip(case_lines(log), run_case(live_filter, log), strict=True):
            assert documents, f"{log}: {line[:200]!r}"
            for document in documents:
                assert stray_fields(document) == [], f"{log}: {line[:200]!r}"


def test_every_case_has_both_files() -> None:
    """A log without its expected documents, or the other way round, is a slip."""
    logs = {log.with_suffix("") for log in LOGS}
    assert logs == {file.parent / file.name.removesuffix(".expected.json") for file in HERE.glob("**/*.expected.json")}
