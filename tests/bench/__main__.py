"""Runs the benches: `python -m tests.bench [--json] [filter] [render] [disk] [arrival] [client] [answers] [seals]`."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from generator.errors import UserError
from generator.paths import STATE
from tests.bench import (
    answers_bench,
    arrival_bench,
    client_bench,
    disk_bench,
    filter_bench,
    machine,
    render_bench,
    seals_bench,
    tables,
)
from tests.filebeat.process import program

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

PARTS: Final[dict[str, Callable[[Progress], dict[str, Any]]]] = {
    "filter": filter_bench.run,
    "render": render_bench.run,
    "disk": disk_bench.run,
    "arrival": arrival_bench.run,
    "client": client_bench.run,
    "answers": answers_bench.run,
    "seals": seals_bench.run,
}


def measure(parts: Sequence[str], console: Console) -> dict[str, Any]:
    """The results of the parts, with the machine they are true of."""
    results: dict[str, Any] = {"date": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine.describe()}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        for part in parts:
            results[part] = PARTS[part](progress)
    results["load_after"] = machine.load()
    return results


def _possible(console: Console) -> list[str]:
    """All parts, but for what this machine lacks."""
    if program() is not None:
        return list(PARTS)
    console.print("without arrival: there is no Filebeat; `source .ci/stack.sh` builds one")
    return [part for part in PARTS if part != "arrival"]


def save(results: dict[str, Any]) -> Path:
    """Into .state/bench, by date."""
    path = STATE / "bench" / f"{results['date'].replace(':', '').replace('+0000', 'Z')}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def main(argv: Sequence[str] | None = None) -> int:
    """0; 2 when something is missing or wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description="Measures the parts. BENCH_LINES, BENCH_DOCS and BENCH_LEAVES make it shorter.",
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all when none is named")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    args = parser.parse_args(argv)
    if unknown := sorted(set(args.parts) - set(PARTS)):
        parser.error(f"there is no part {unknown[0]!r}; parts are {', '.join(PARTS)}")
    console = Console(stderr=True)
    # Else a SIGTERM (`timeout`, CI) would leave the bench's Elasticsearch running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        results = measure(args.parts or _possible(console), console)
        path = save(results)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    if args.json:
        print(json.dumps(results, indent=2, ensure_ascii=False))
    else:
        Console(highlight=False).print(tables.show(results))
    console.print(f"written to {path}", highlight=False, soft_wrap=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
