"""The pipelines' options, against what the plugins of Logstash 8.19, 9.0 and 9.5 take: logstash_options.json."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from generator.paths import ROOT
from tests.logstash_conf import parse

KNOWN: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("logstash_options.json").read_text("utf-8"))[
    "plugins"
]
PIPELINES = sorted((ROOT / "logstash" / "pipeline").glob("*.conf"))
#: Types whose value is a text in a pipeline.
TEXTS = ("string", "password", "path", "uri")
#: Ours: logstash/ruby/logstash/codecs/.
OUR_CODECS = {"holysheep": {"rules": "string"}, "holysheep_lines": {"rules": "string", "envelope": "boolean"}}


def options_of(pipeline: Path) -> list[tuple[str, str, Any, Any]]:
    """(plugin, option, value, type) of a pipeline, those of codecs too. KeyError for what no version takes."""
    result = []
    for section, plugins in parse(pipeline.read_text(encoding="utf-8")).items():
        for name, options in plugins:
            known = KNOWN[f"{section} {name}"]["options"]
            for option, value in options.items():
                result.append((f"{section} {name}", option, value, known[option]))
                if option == "codec":
                    result += _codec(value)
    return result


def _codec(value: Any) -> list[tuple[str, str, Any, Any]]:  # noqa: ANN401  # a name, or a pair
    name, options = value if isinstance(value, tuple) else (value, {})
    known = OUR_CODECS.get(name) or KNOWN[f"codec {name}"]["options"]
    return [(f"codec {name}", option, inner, known[option]) for option, inner in options.items()]


def fits(value: Any, kind: Any) -> bool:  # noqa: ANN401  # whatever stands in a pipeline
    """Whether Logstash's check of a type lets the value in. A variable is put in before the check."""
    if isinstance(kind, dict):
        values = value if isinstance(value, list) else [value]
        return all(fits(one, kind["list"]) for one in values)
    if isinstance(value, str) and (variable := re.fullmatch(r"\$\{\w+:?(.*)\}", value)):
        return fits(variable[1], kind) or not variable[1]
    if isinstance(kind, list):
        return str(value).lower() in [one.lower() for one in kind]
    if kind in TEXTS:
        return isinstance(value, str)
    types = {"boolean": bool, "number": (int, float), "hash": dict, "array": (list, str)}
    return isinstance(value, types[kind]) if kind in types else True


@pytest.mark.parametrize("pipeline", PIPELINES, ids=lambda path: path.stem)
def test_every_version_takes_every_option(pipeline: Path) -> None:
    """No option is unknown to a version or deprecated in it, and each value is of the type that is checked."""
    options = options_of(pipeline)
    assert options
    assert [option for option in options if not fits(option[2], option[3])] == []


@pytest.mark.parametrize(
    ("value", "kind", "fitting"),
    [
        ("TLSv1.4", {"list": ["TLSv1.2", "TLSv1.3"]}, False), ("${X:TLSv1.3}", ["TLSv1.2", "TLSv1.3"], True),
        ("${X:SSLv3}", ["TLSv1.2", "TLSv1.3"], False), ("yes", "boolean", False), ("${PASSWORD}", "password", True),
        (5044, "number", True), ("5044", "number", False), ({}, "hash", True), ([], "hash", False),
    ],
)  # fmt: skip
def test_the_check_refuses(value: Any, kind: Any, fitting: bool) -> None:  # noqa: ANN401, FBT001  # parameters
    """Values that Logstash would refuse."""
    assert fits(value, kind) is fitting
