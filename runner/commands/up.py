"""`up`: starts the bundle, applies templates, feeds the samples and the given logs, imports the dashboards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from generator import paths
from generator.errors import UserError
from runner.cluster import lag, summary
from runner.commands import summary_tables, tables
from runner.commands.plan import rendered
from runner.host.alone import alone
from runner.kibana import plan as kibana_plan
from runner.lines.feed import rules_of, size_of
from runner.lines.lines import expand, left_out
from runner.runtimes import choose
from runner.step import writing
from runner.words import counted

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from runner.lines.lines import LogFile
    from runner.runtime import Fed, Runtime

SAMPLES: Final = paths.ROOT / "tests" / "samples"
KIBANA_WAIT_S: Final = 120
#: Number of left-out files whose names are printed.
SHOWN: Final = 5


def run(args: argparse.Namespace) -> int:
    """Exit code 0 when everything runs, 1 when only the dashboards could not be imported."""
    # A path that does not exist is an error before anything is started.
    logs = expand(args.paths)
    paths.STATE.mkdir(parents=True, exist_ok=True)
    with alone(paths.STATE, "up"):
        return _up(args, logs)


def _up(args: argparse.Namespace, logs: list[LogFile]) -> int:
    runtime, why = choose.choose(args.mode)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(f"mode: {runtime.mode} ({why})", markup=False)
    choose.refuse_both(runtime)
    choose.remember(runtime.mode)
    runtime.start(lambda text: console.print(text, markup=False))
    with_samples = args.samples if args.samples is not None else runtime.owns_cluster
    _say_unread(logs, left_out(args.paths), console)
    fed = _feed(runtime, [*(expand([SAMPLES]) if with_samples else []), *logs], console, again=args.again)
    documents = _documents(runtime, fed, console)
    problem = _dashboards(runtime, console)
    if args.json:
        report = {"mode": runtime.mode, "url": runtime.url(), "problem": problem, **runtime.status().facts}
        print(json.dumps({**report, **(documents.as_json() if documents else {})}, indent=2))
        return int(bool(problem))
    _print(runtime, fed, documents)
    if problem:
        console.print(f"Everything runs, but the dashboards were not imported: {problem}", style="red", markup=False)
    return int(bool(problem))


def _say_unread(logs: list[LogFile], not_logs: list[Path], console: Console) -> None:
    """Name the empty files, and the files of the given folders that are no logs."""
    for log in logs:
        if not log.path.stat().st_size:
            console.print(f"{log.path} is empty", markup=False)
    if not_logs:
        more = f" and {len(not_logs) - SHOWN} more" if len(not_logs) > SHOWN else ""
        console.print(f"Not fed: {', '.join(map(str, not_logs[:SHOWN]))}{more}", markup=False)
        console.print(
            "  In a folder, logs end in .log, .ndjson or .jsonl. Other files are fed from a folder that is named as "
            "their source, such as openai_usage/: `holysheep-elk sources` lists the names",
            markup=False,
        )


def _feed(runtime: Runtime, files: list[LogFile], console: Console, *, again: bool) -> Fed:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"feeding {counted(len(files), 'file')}", total=size_of(files))
        return runtime.feed(files, lambda size: progress.advance(task, size), again=again)


def _documents(runtime: Runtime, fed: Fed, console: Console) -> summary.Summary | None:
    """The summary of Elasticsearch; None when documents may not be read, which is printed with the reason."""
    if why := runtime.unreadable():
        console.print(why, markup=False)
        return None
    prefix = rules_of()[1]
    try:
        with runtime.elasticsearch("reader") as es:
            if not fed.indexed and fed.files + fed.bodies:
                with console.status("waiting until the lines are searchable"):
                    lag.settled(es, prefix)
            return summary.read(es, prefix)
    except UserError as error:
        if runtime.owns_cluster:
            raise
        # A key that may apply templates may lack the right to read documents.
        console.print(f"Documents are not counted: {error}", markup=False)
        return None


def _dashboards(runtime: Runtime, console: Console) -> str:
    """Write what differs into the bundle's Kibana. Returns the reason when it failed: logs are fed even so."""
    kibana = runtime.kibana()
    if kibana is None:
        return ""
    try:
        kibana.wait(KIBANA_WAIT_S)
        files = rendered("en")
        steps = kibana_plan.make(kibana, files.saved_objects, files.zone, kibana_plan.Options())
        kibana_plan.refuse(kibana_plan.execute(kibana, steps, files.saved_objects))
    except (UserError, OSError) as error:
        return f"{error}; fix that, then run make up again"
    console.print(f"Dashboards: {counted(len(steps), 'object')}, {len(writing(steps))} of them written")
    for kept in (step for step in steps if step.action == "keep"):
        console.print(f"  kept: {kept.kind} {kept.name}: {kept.notes[0]}", markup=False)
    return ""


def _print(runtime: Runtime, fed: Fed, documents: summary.Summary | None) -> None:
    out = Console(highlight=False)
    if fed.indexed:
        out.print(f"{counted(fed.created, 'document')} added, {fed.known} existed already, {fed.refused} refused")
    else:
        out.print(
            f"Fed: {counted(fed.files, 'file')} to Filebeat, {counted(fed.bodies, 'body', 'bodies')} to the webhook"
        )
    if documents is not None:
        tables.show(summary_tables.sheets(documents))
    if fed.older_rules:
        out.print("Some lines were fed before prices or sources changed; their documents keep the old values.")
        out.print("To process all lines by the new rules: make clean, then make up.", end="\n\n")
    out.print(runtime.next_steps(rules_of()[1]), soft_wrap=True, markup=False)
