"""The real filter for tests: one JRuby process for a whole run, fed by the protocol of logstash/ruby/embedded.rb."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from generator import card
from generator.card.rules import price_rules
from generator.registry.sources import source_rules
from runner.host import maven
from runner.lines.filter import options
from tests import javas

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT: Final = Path(__file__).parents[1]
#: When every line of the tests is first seen: 2026-11-21T00:00:00Z.
ARRIVAL: Final = 1_795_219_200_000
#: Without these the filter makes neither hashes nor HMACs.
KEYS: Final = ("HOLYSHEEP_PRIVACY_KEY_FILE", "HOLYSHEEP_AUDIT_KEY_FILE")
Json = dict[str, Any]


def rules(pricing: Path) -> Json:
    """What rules.json holds for a price card."""
    return {**price_rules(card.load(pricing)), **source_rules()}


def jruby() -> list[str]:
    """The command that runs a Ruby script under JRuby. Raises UserError where there is no fitting Java or no JRuby."""
    java = javas.chosen().jdk
    return [str(java.java), *options(java, None), "-jar", str(maven.fetch(maven.JRUBY))]


def answers(command: list[str], script: str, *arguments: Path, tasks: Iterable[Any]) -> list[Any]:
    """What a script of tests/ruby answers to each task: JSON lines in, JSON lines out. `command` is that of `jruby`."""
    ran = subprocess.run(
        [*command, str(ROOT / "tests" / "ruby" / script), *map(str, arguments)],
        input="".join(json.dumps(task) + "\n" for task in tasks),
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in ran.stdout.splitlines()]


class Filter:
    """One running filter. `run` answers line by line, in order; any number of times."""

    def __init__(self, command: list[str], rules_file: Path, env: dict[str, str] | None = None) -> None:
        """Start it; without a key for hashes unless `env` names one, so that expected documents can be read."""
        script = ROOT / "logstash" / "ruby" / "embedded.rb"
        bare = {name: value for name, value in os.environ.items() if name not in KEYS}
        self._process = subprocess.Popen(
            [*command, str(script), str(rules_file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=bare if env is None else env,
        )

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def run(self, source: str, lines: Iterable[bytes], offset: int | None = None) -> list[list[Json]]:
        """The documents of each line. `source` as in embedded.rb: `-` for none, `-!body` for a webhook's body.

        `offset` is said of each line.

        All answers are read before any is judged, so that a test that fails leaves none for the next.
        """
        all_lines = list(lines)
        writer = threading.Thread(target=self._write, args=(source, all_lines, offset), daemon=True)
        writer.start()
        if self._process.stdout is None:
            raise RuntimeError("the filter has no output")
        answers = []
        for number, line in enumerate(all_lines):
            answer = self._process.stdout.readline()
            if not answer:
                raise RuntimeError(f"the filter ended with {self._process.wait()} at line {number}: {line[:500]!r}")
            answers.append(json.loads(answer))
        writer.join()
        return answers

    def close(self) -> None:
        """Ends it by the end of its input."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=30)

    def _write(self, source: str, lines: list[bytes], offset: int | None) -> None:
        if self._process.stdin is None:
            return
        place = b"" if offset is None else b" %d" % offset
        for line in lines:
            self._process.stdin.write(b"%s %d - %d%s\n%s\n" % (source.encode(), ARRIVAL, len(line), place, line))
        self._process.stdin.flush()
