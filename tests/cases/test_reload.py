"""The filter follows its rules file while it runs, and never into a broken one."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import filterrun

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.jruby
SCRIPT = Path(__file__).parents[1] / "ruby" / "reload.rb"


class Holder:
    """A running RulesHolder."""

    def __init__(self, rules_file: Path) -> None:
        """Start it; it looks at the file at every question."""
        self.rules_file = rules_file
        command = [*filterrun.jruby(), str(SCRIPT), str(rules_file)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, question: str) -> str:
        """The answer's line."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{question}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def replace(self, text: str) -> None:
        """As `render` does: a new file under the old name."""
        new = self.rules_file.with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        new.replace(self.rules_file)


@pytest.fixture
def holder(case_rules: filterrun.Json, tmp_path: Path) -> Iterator[Holder]:
    """A holder of a copy of the cases' rules, named version `first`."""
    file = tmp_path / "rules.json"
    file.write_text(json.dumps({**case_rules, "version": "first"}), encoding="utf-8")
    holder_ = Holder(file)
    yield holder_
    if holder_.process.stdin:
        holder_.process.stdin.close()
    holder_.process.wait(30)


def test_a_new_card_is_used_and_a_broken_one_is_not(holder: Holder, case_rules: filterrun.Json) -> None:
    """Each bad file is reported once and changes nothing; the next good one is taken."""
    assert holder.ask("version") == "first"
    for broken in ("{", "{}", '{"models": 1}', json.dumps({**case_rules, "models": [{"id": "x"}]})):
        holder.replace(broken)
        assert holder.ask("version") == "first"
        assert holder.ask("version") == "first"
        (line,) = json.loads(holder.ask("log"))
        assert line.startswith("error: ")
        assert line.endswith("the old rules stay in use")
    holder.rules_file.unlink()
    assert holder.ask("version") == "first"
    holder.replace(json.dumps({**case_rules, "version": "second"}))
    assert holder.ask("version") == "second"
