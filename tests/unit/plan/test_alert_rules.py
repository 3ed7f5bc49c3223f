"""The rules that ElastAlert runs, against the rendered files."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, cast

import pytest

from generator.errors import UserError
from runner.plan import alert_rules

if TYPE_CHECKING:
    from pathlib import Path

    from runner.runtime import Runtime


class Container:
    """A runtime whose alerts container answers so."""

    def __init__(self, code: int, text: str) -> None:
        self.code, self.text = code, text

    def alerts(self, args: list[str]) -> tuple[int, str]:
        """The answer to `loaded`."""
        assert args == ["loaded"]
        if not self.text:
            raise UserError("the alerts container doesn't run")
        return self.code, self.text


def steps(folder: Path, code: int, text: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """The steps as tuples."""
    runtime = cast("Runtime", Container(code, text))
    return [(step.action, step.name, step.notes) for step in alert_rules.steps(runtime, folder)]


def test_each_rule_is_compared_by_its_file(tmp_path: Path) -> None:
    """What runs as it is rendered is unchanged; ElastAlert reads what is new, other and gone by itself."""
    for name in ("same", "other", "new"):
        (tmp_path / f"{name}.yaml").write_text(name)
    digests = {f"{name}.yaml": hashlib.sha256(name.encode()).hexdigest() for name in ("same", "gone")}
    loaded = json.dumps({**digests, "other.yaml": "0" * 64})
    takes = "the container reads the file within a minute"
    assert steps(tmp_path, 0, f"a line of a log\n{loaded}\n") == [
        ("create", "new", (takes,)),
        ("change", "other", (f"an older version of the file runs; {takes}",)),
        ("unchanged", "same", ()),
        ("delete", "gone", (takes,)),
    ]


@pytest.mark.parametrize(
    ("code", "text", "why"),
    [
        (0, "", "the alerts container doesn't run"),
        (2, "error: unrecognized arguments: loaded", "the alerts container is of an older version"),
        (0, "no JSON", "the alerts container is of an older version"),
        (0, "{}", "ElastAlert has not loaded its rules yet"),
    ],
)
def test_why_rules_are_not_compared_is_said(tmp_path: Path, code: int, text: str, why: str) -> None:
    """One step says why, in place of rules that would look like new ones."""
    found: list[Any] = steps(tmp_path, code, text)
    assert [step[0] for step in found] == ["skip"]
    assert found[0][2][0].startswith(f"not compared: {why}")
