"""Runs filter.rb: one JRuby process a job, with Logstash's JVM options."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from generator.errors import UserError
from runner.host import maven
from runner.runtimes.embedded import place

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.measure import Round

#: The JRuby of Logstash 9.5; that of the embedded mode is the one of Logstash 8.19 to 9.3.
JRUBY_10: Final = maven.Artefact(
    "org.jruby", "jruby-complete", "10.0.6.0", "jar", "b1a83ca46053894fcfd47df4094a21eac6db7fcba6fa6d99d77e391f620e85b7"
)
#: JRuby 10 runs on this Java or a newer one.
JAVA_OF_JRUBY_10: Final = 21
SCRIPT: Final = Path(__file__).with_name("filter.rb")
#: Of Logstash 8.19's jvm.options: what bears on speed. The garbage collector is the JVM's own choice there too.
OPTIONS: Final = (
    "-Xms1g",
    "-Xmx1g",
    "-Djava.awt.headless=true",
    "-Dfile.encoding=UTF-8",
    "-Djruby.compile.invokedynamic=true",
    "-Djruby.regexp.interruptible=true",
)


@dataclass(frozen=True)
class Variant:
    """One thing to time over a file of lines: the filter with some rules, or the named alternative."""

    name: str
    lines: Path
    rules: Path | None = None
    alone: str | None = None


@dataclass(frozen=True)
class Plan:
    """How many lines: `warmup` unmeasured ones, then `rounds` of `per_round`; and on which JRuby."""

    warmup: int
    rounds: int
    per_round: int
    jruby: maven.Artefact = maven.JRUBY

    @property
    def lines(self) -> int:
        """All of them, a variant."""
        return self.warmup // 10 * 10 + self.rounds * self.per_round


def run(
    folder: Path, source: str, variants: list[Variant], plan: Plan, progress: Callable[[int], None]
) -> dict[str, list[Round]]:
    """Rounds by variant. `progress` is told of every stretch of lines. UserError with what the driver said."""
    job: dict[str, Any] = {"source": source, "warmup": plan.warmup, "rounds": plan.rounds, "per_round": plan.per_round}
    job["variants"] = [
        {key: str(value) for key, value in vars(variant).items() if value is not None} for variant in variants
    ]
    path = folder / f"{source}.job.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    java = place.chosen().jdk.java
    command = [str(java), *OPTIONS, "-jar", str(maven.fetch(plan.jruby)), str(SCRIPT), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            return _listen(process, progress)
        finally:
            if process.poll() is None:
                process.kill()


def runs_jruby_10() -> bool:
    """Whether the chosen Java is new enough for JRuby 10."""
    return place.chosen().jdk.major >= JAVA_OF_JRUBY_10


def _listen(process: subprocess.Popen[str], progress: Callable[[int], None]) -> dict[str, list[Round]]:
    if process.stdout is None:
        raise RuntimeError("the pipe was not asked for")
    for line in process.stdout:
        event: dict[str, Any] = json.loads(line)
        if "error" in event:
            raise UserError(event["error"], where="tests/bench/filter.rb")
        if "done" in event:
            progress(event["done"])
        if "rounds" in event:
            process.wait(timeout=60)
            return {name: [(wall, cpu) for wall, cpu in rounds] for name, rounds in event["rounds"].items()}
    raise UserError(f"JRuby ended with {process.wait()} before it was done", where="tests/bench/filter.rb")
