"""Explains what the filter does with a line: the answer of `process --explain`.

The documents come from the real filter. The source, the keys by which it was detected, and the values that no slot
takes are read here from the same rules. tests/cases/test_explain.py compares the detected source with the filter's.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass, field, replace
from typing import Any, Final

from generator.registry.sources import source_rules

Rules = dict[str, Any]
Record = dict[str, Any]
#: Longer values are cut to this number of characters: prompts are long, and a terminal is narrow.
SHOWN: Final = 60
CONTAINER: Final = "container"
#: Docker's wrapper of a container's output, as container_line.rb has it.
DOCKER: Final = re.compile(r'\{"(?:log":\s*"|(?:stream|time)":\s*"[^"]*",\s*"(?:log|stream|time)":)')


@dataclass
class Explanation:
    """How one record of a line was read."""

    source: str | None
    #: The keys of `detect` by which the source was detected; of a row or a text what it was read by.
    by: list[str]
    #: Slot → (the path that fills it, its value).
    mapped: dict[str, tuple[str, str]] = field(default_factory=dict)
    #: Paths of values that no slot takes.
    left_over: list[str] = field(default_factory=list)


def explain(line: str, source: str | None) -> list[Explanation] | None:
    """One explanation for each record of a line.

    None for a line that is no JSON object, unless it is a row or a text of the named source: that of such a line is
    detected by its format, not by its keys.
    """
    rules = source_rules()["sources"]
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return _of_text(line, source, rules[source]) if source else None
    if not isinstance(record, dict):
        return None
    if source in {None, CONTAINER} and DOCKER.match(line) and isinstance(record.get("log"), str):
        return _of_container(record["log"], rules)
    if isinstance(record.get("logs"), list) and record["logs"] and "model" not in record:
        # A batch of the logging client: each entry is a line of its own.
        entries = [entry if isinstance(entry, dict) else {} for entry in record["logs"]]
        return [explanation for entry in entries for explanation in _of_object(entry, source, rules)]
    return _of_object(record, source, rules)


def _of_text(line: str, source: str, rules: Rules) -> list[Explanation] | None:
    """A row by the columns that are as many, or a text by the first pattern that fits."""
    cells = next(csv.reader([line.rstrip("\n")]), [])
    for columns in rules.get("columns", []):
        if len(columns) == len(cells) and columns != cells:
            record = dict(zip(columns, cells, strict=True))
            return [_of_record(record, source, [f"its {len(columns)} columns"], rules)]
    for pattern in rules.get("patterns", []):
        # Ruby's groups have other brackets.
        if match := re.match(re.sub(r"\(\?<(?=[a-z])", "(?P<", pattern), line):
            mapped = {slot: (slot, json.dumps(value)) for slot, value in match.groupdict().items() if value is not None}
            return [Explanation(source, [f"the pattern {pattern[:SHOWN]}…"], mapped)]
    return None


def _of_container(text: str, rules: Rules) -> list[Explanation]:
    """The output of a container in Docker's wrapper. It is a call when it is JSON that a source detects."""
    inner = _parsed(text)
    explanations = _of_object(inner, None, rules) if isinstance(inner, dict) else []
    if not explanations or explanations[0].source is None:
        return [Explanation(CONTAINER, [])]
    return [replace(explanation, source=CONTAINER) for explanation in explanations]


def _of_object(record: Record, source: str | None, rules: Rules) -> list[Explanation]:
    name, keys = _detect(record, source, rules)
    if name is None:
        return [Explanation(None, [], {}, sorted(record))]
    rule: Rules = next((rule for rule in rules[name].get("records", []) if rule["in"][0] in record), {})
    parts: list[Explanation] = []
    for part in _collect(record, rule["in"], rule.get("with", []), {}) if rule else [record]:
        if all(_has(part, key) for key in rule.get("own", [])):
            parts.append(_of_record(part, name, keys, rules[name]))
        else:
            parts += _of_object(part, None, rules)
    # A source of many records without one, such as `{"resourceSpans": 3}`: nothing of it was used.
    return parts or [Explanation(name, keys, {}, sorted(record))]


def _detect(record: Record, source: str | None, rules: Rules) -> tuple[str | None, list[str]]:
    """(source, the keys by which it was detected), in the filter's order.

    First the named source if the record has its keys, then the source with the most keys, then the named source.
    """
    named = [(keys, source) for keys in rules[source]["detect"]] if source else []
    others = [(keys, name) for name in rules for keys in rules[name]["detect"]]
    others.sort(key=lambda pair: (-len(pair[0]), pair[1]))
    for keys, name in [*named, *others]:
        if all(_has(record, key) for key in keys):
            return name, keys
    return source, []


def _has(record: Any, key: str) -> bool:  # noqa: ANN401 - JSON of any shape
    if isinstance(record, dict) and key in record:
        return True
    for part in key.split(".") if "." in key else ():
        record = record[0] if isinstance(record, list) and record else record
        if not isinstance(record, dict) or part not in record:
            return False
        record = record[part]
    return "." in key


def _collect(value: Any, steps: list[str], inherit: list[str], above: Record) -> list[Record]:  # noqa: ANN401 - JSON
    records: list[Record] = []
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, dict):
            continue
        if not steps:
            records.append({**above, **item})
            continue
        below = {**above, **{key: item[key] for key in inherit if key in item}}
        if item.get(steps[0]) is not None:
            records += _collect(item[steps[0]], steps[1:], inherit, below)
    return records


def _of_record(record: Record, name: str, keys: list[str], rules: Rules) -> Explanation:
    for path in rules.get("parse", []):
        _replace(record, path, _parsed)
    for path in rules.get("attributes", []):
        _replace(record, path, _attributes)
    explanation = Explanation(name, keys)
    ranks: dict[str, int] = {}
    _walk(record, rules["keys"], "", explanation, ranks)
    return explanation


def _replace(record: Record, path: list[str], change: Any) -> None:  # noqa: ANN401 - a function of JSON
    for key in path[:-1]:
        inner = record.get(key)
        if not isinstance(inner, dict):
            return
        record = inner
    if path[-1] in record:
        record[path[-1]] = change(record[path[-1]])


def _parsed(value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _attributes(value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    if not isinstance(value, list):
        return value
    pairs = [item for item in value if isinstance(item, dict) and isinstance(item.get("key"), str)]
    return {pair["key"]: _plain(pair.get("value")) for pair in pairs}


def _plain(value: Any) -> Any:  # noqa: ANN401 - OTLP's AnyValue
    if not isinstance(value, dict) or len(value) != 1:
        return value
    [(kind, inner)] = value.items()
    if kind == "arrayValue" and isinstance(inner, dict):
        return [_plain(item) for item in inner.get("values") or []]
    return _attributes(inner.get("values")) if kind == "kvlistValue" and isinstance(inner, dict) else inner


def _walk(record: Record, tree: Rules, prefix: str, explanation: Explanation, ranks: dict[str, int]) -> None:
    for key, value in record.items():
        if value is None or value == "":
            continue
        path, node = f"{prefix}{key}", tree.get(key)
        if node is None:
            explanation.left_over.append(path)
        elif "sub" in node and isinstance(value, dict):
            _walk(value, node["sub"], f"{path}.", explanation, ranks)
        elif "slot" not in node:
            explanation.left_over.append(path)
        elif ranks.get(node["slot"], node["rank"] + 1) > node["rank"]:
            ranks[node["slot"]] = node["rank"]
            text = json.dumps(value, ensure_ascii=False)
            explanation.mapped[node["slot"]] = (path, text if len(text) <= SHOWN else text[:SHOWN] + "…")
