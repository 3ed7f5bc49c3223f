"""The filter looks only at slots that may have a value. A filter that looks at all of them makes the same documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cases.test_cases import LOGS, run_case
from tests.filterrun import ROOT, Filter, Json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

pytestmark = pytest.mark.jruby


def lines_with_one_key(keys: Json, value: object) -> Iterator[bytes]:
    """For each key of a source a line that has it beside a model and two counts."""
    for path in paths(keys):
        record: dict[str, Any] = {}
        put(record, path, value)
        for name, usual in (("model", "gpt-4.1"), ("prompt_tokens", 1000), ("completion_tokens", 500)):
            record.setdefault(name, usual)
        yield json.dumps(record).encode()


def paths(keys: Json) -> Iterator[list[str]]:
    """The path of each known key."""
    for key, node in keys.items():
        if "slot" in node:
            yield [key]
        for below in paths(node.get("sub") or {}):
            yield [key, *below]


def put(record: dict[str, Any], path: list[str], value: object) -> None:
    """Put a value at a path."""
    for key in path[:-1]:
        record = record.setdefault(key, {})
    record[path[-1]] = value


@pytest.fixture(scope="module")
def patient_filter(command: list[str], case_rules: Json, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filter]:
    """A filter that looks at every slot."""
    file = tmp_path_factory.mktemp("rules") / "rules.json"
    file.write_text(json.dumps(case_rules), encoding="utf-8")
    running = Filter([*command, "-r", str(ROOT / "tests" / "ruby" / "every_slot.rb")], file)
    yield running
    running.close()


@pytest.mark.parametrize("log", LOGS, ids=lambda log: str(log.parent.name + "/" + log.stem))
def test_skipped_slots_change_no_document(live_filter: Filter, patient_filter: Filter, log: Path) -> None:
    """Whatever the keys of a line: skipping the groups of slots that they can't fill changes nothing."""
    assert run_case(live_filter, log) == run_case(patient_filter, log)


@pytest.mark.parametrize("value", ["priority", 7])
def test_no_key_needs_another(live_filter: Filter, patient_filter: Filter, case_rules: Json, value: object) -> None:
    """A key alone is seen as it is beside others, for every key of every source of JSON lines."""
    sources = {name: source for name, source in case_rules["sources"].items() if source["format"] == "json"}
    assert len(sources) > 10
    for name, source in sources.items():
        lines = list(lines_with_one_key(source["keys"], value))
        assert live_filter.run(name, lines) == patient_filter.run(name, lines), name
