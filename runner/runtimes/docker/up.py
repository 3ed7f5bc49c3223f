"""`up` with Docker: secrets, containers, samples, dashboards, and what came of it."""

from __future__ import annotations

import json
import subprocess
import time
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.markup import escape

from generator.errors import UserError
from generator.paths import ROOT
from runner.cluster import summary
from runner.kibana import importer
from runner.lines.feed import rules_of
from runner.runtimes.docker import available as availability
from runner.runtimes.docker import digests, engine, existing, reach, samples, secrets, settings, trouble

if TYPE_CHECKING:
    import argparse

    from elasticsearch import Elasticsearch

SAMPLES: Final = ROOT / "tests" / "samples"
#: The first start of Elasticsearch and Kibana on a slow disk, images not counted.
WAIT_S: Final = 900
POLL_S: Final = 3.0
#: Counts that stay the same for so long are final: three times what a line takes at worst.
QUIET_S: Final = 15.0
LONGEST_S: Final = 180.0

available = availability.available


def run(args: argparse.Namespace) -> int:
    """Every step leaves alone what is done already."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    existing_cluster = engine.existing()
    digests.check()
    _told(console)
    made = secrets.ensure(
        settings.secrets(),
        owner=settings.user(),
        data_exists=reach.data_exists(),
        names=("webhook_password",) if existing_cluster else secrets.NAMES,
    )
    if made:
        console.print(f"Secrets: made {len(made)} files in {settings.secrets()}")
    settings.logs().mkdir(parents=True, exist_ok=True)
    if existing_cluster:
        if engine.running("elasticsearch"):
            raise UserError("the stack's own Elasticsearch runs, and would be stopped", hint="first: make down")
        existing.prepare(console)
    engine.config()  # a mistake in a variable ends it here, before it is remembered
    settings.remember()
    start(console)
    reach.fetch_authority()
    # Somebody else's cluster gets nothing that nobody asked for.
    wanted = [SAMPLES] if args.samples or (args.samples is None and not existing_cluster) else []
    laid, sent = samples.feed([*wanted, *args.paths])
    console.print(f"Fed: {laid} files to Filebeat, {sent} bodies to the webhook")
    prefix = rules_of()[1]
    found = _found(console, prefix, fed=bool(laid + sent))
    problem = "" if existing_cluster else dashboards(console)
    if args.json:
        report = {"mode": "docker", "overlays": engine.overlays(), "url": reach.elasticsearch_url()}
        print(json.dumps({**report, "problem": problem, **(found.as_json() if found else {})}, indent=2))
        return int(bool(problem))
    out = Console(highlight=False)
    if found:
        out.print(summary.tables(found))
    out.print(existing.told(prefix) if existing_cluster else following(prefix), soft_wrap=True, markup=False)
    if problem:
        console.print(f"All is up but the dashboards: {problem}", style="red", markup=False)
    return int(bool(problem))


def _told(console: Console) -> None:
    if chosen := engine.overlays():
        console.print(f"Overlays: {', '.join(chosen)}")
    if kept := settings.as_last_time():
        listed = " ".join(f"{name}={text}" for name, text in sorted(kept.items()))
        console.print(f"As at the last `make up`: {listed} (NAME= make up drops one)", markup=False)


def _found(console: Console, prefix: str, *, fed: bool) -> summary.Summary | None:
    if not reach.readable():
        return None
    try:
        with reach.reader() as es:
            if fed:
                with console.status("waiting until the lines are searchable"):
                    settled(es, prefix)
            return summary.read(es, prefix)
    except UserError as error:
        if not engine.existing():
            raise
        # A key that may apply templates need not read documents.
        console.print(f"Documents are not counted: {error}", markup=False)
        return None


def start(console: Console) -> None:
    """`docker compose up` until every service is healthy. UserError says which is not, and why."""
    memory = int(engine.client().info().get("MemTotal", 0)) or None
    command = engine.command("up", "--detach", "--wait", "--wait-timeout", str(WAIT_S), "--remove-orphans")
    console.print("Containers: starting; the first time images are pulled and Elasticsearch takes a minute")
    project = str(engine.config()["name"])
    if engine.wrong_password(project):
        # From the last try: a container keeps the secret file that it was made with.
        engine.ask("rm", "--stop", "--force", "elasticsearch")
    if failing := [row["Service"] for row in engine.containers() if row["State"] == "restarting"]:
        # Between two tries of its own it would count as failed at once, with the words of before.
        engine.ask("rm", "--stop", "--force", *failing)
    with subprocess.Popen(
        command, env=settings.environment(memory), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        while True:
            try:
                _, said = running.communicate(timeout=POLL_S)
            except subprocess.TimeoutExpired:
                if not engine.wrong_password(project):
                    continue
                # Waiting out its health check would take minutes, and could not end well.
                running.terminate()
                _, said = running.communicate()
                raise trouble.explain(said) from None
            break
    if running.returncode:
        raise trouble.explain(said)
    for row in engine.containers():
        console.print(f"  {escape(row['Service']):<14} {escape(row['State'])} {escape(row.get('Health') or '')}")


def settled(es: Elasticsearch, prefix: str) -> None:
    """Return when the number of documents has stopped growing."""
    until = time.monotonic() + LONGEST_S
    last, since = -1, time.monotonic()
    while time.monotonic() < until:
        count = int(es.count(index=f"{prefix}-*", ignore_unavailable=True, allow_no_indices=True)["count"])
        if count != last:
            last, since = count, time.monotonic()
        elif count and time.monotonic() - since >= QUIET_S:
            return
        time.sleep(1)


def dashboards(console: Console) -> str:
    """kibana/*.ndjson into Kibana, if this stack has one. Why it failed: the lines flow all the same; else empty."""
    files = sorted((ROOT / "kibana").glob("*.ndjson"))
    kibana = reach.kibana()
    if kibana is None or not files:
        return ""
    try:
        kibana.wait(120)
        outcomes = importer.run(kibana, importer.objects(path.read_text(encoding="utf-8") for path in files))
    except (UserError, OSError) as error:
        return f"Kibana: {error}; then again: make up"
    if failed := [one for one in outcomes if one.state == "failed"]:
        return f"{failed[0].title}: {failed[0].reason}; then again: make up"
    console.print(f"Dashboards: {len(outcomes)} objects")
    return ""


def following(prefix: str) -> str:
    """What to do next."""
    kibana = settings.value("HOLYSHEEP_KIBANA_PORT", "5601")
    return f"""What next
  look       https://localhost:{kibana} (user holysheep_reader, password in {settings.secrets()}/reader_password)
  search     curl --cacert {settings.CA} -u holysheep_reader '{reach.elasticsearch_url()}/{prefix}-*/_count'
  your logs  write them below {settings.logs()}, or post them to the webhook: docs/compose.md
  a price    edit pricing.yaml, make render: Logstash takes it within seconds
  stop       make down (keeps the data), make clean (removes it)"""
