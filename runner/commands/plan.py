"""`plan`: shows what differs in the cluster from the rendered files. Writes nothing."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from generator import card
from generator.dashboards import render as dashboards
from generator.dashboards import words
from generator.errors import UserError
from generator.paths import PRICING, ROOT
from generator.render import render
from generator.render.check import compare
from generator.render.registry import FOLDER
from runner.cluster import admin
from runner.cluster import apply as cluster_apply
from runner.cluster import plan as cluster_plan
from runner.commands import plan_text
from runner.kibana import client, importer
from runner.kibana import plan as kibana_plan
from runner.plan import whole
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from runner.kibana.client import Kibana
    from runner.runtime import Runtime


def run(args: argparse.Namespace) -> int:
    """0; with `--exit-code` 1 when there is something to do. A refused change is an error: 2."""
    with compared(args) as (target, files):
        plan = whole.make(target, files, options(args))
        if args.json:
            print(json.dumps(plan_text.as_json(plan), indent=2, ensure_ascii=False))
        else:
            plan_text.show(plan, target)
        cluster_apply.refuse(plan.elasticsearch)
    return int(args.exit_code and plan.to_do)


@contextmanager
def compared(args: argparse.Namespace) -> Iterator[tuple[whole.Target, whole.Rendered]]:
    """What is compared with what. UserError when Elasticsearch or Kibana can't be reached."""
    runtime = choose.planned()
    files = rendered(args.lang)
    with admin.connect(runtime) as cluster:
        kibana, no_kibana = _kibana(runtime, args)
        yield whole.Target(runtime, cluster.es, kibana, no_kibana), files


def rendered(lang: str) -> whole.Rendered:
    """The rendered files; a note on standard error names those that a change of a YAML has left behind."""
    price_card = card.load(PRICING)
    if findings := compare(render(price_card), ROOT):
        more = f" and {len(findings) - 1} more" if len(findings) > 1 else ""
        print(f"{findings[0].path}{more} would be rendered differently now: make render", file=sys.stderr)
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "kibana").glob("*.ndjson"))]
    if lang != "en":
        texts = list(dashboards.files(price_card, FOLDER, words.load(lang)).values())
    return whole.Rendered(ROOT, importer.objects(texts), price_card.budgets.timezone)


def options(args: argparse.Namespace) -> whole.Options:
    """The options of both commands. UserError for a number of days below 1."""
    if args.days < 1:
        raise UserError(f"--days {args.days} leaves out today", hint="write 1 for today's indices alone")
    return whole.Options(
        cluster_plan.Options(prune=args.prune, from_tomorrow=args.from_tomorrow, days=args.days),
        kibana_plan.Options(overwrite=args.overwrite, prune=args.prune),
    )


def _kibana(runtime: Runtime, args: argparse.Namespace) -> tuple[Kibana | None, str]:
    """The Kibana, and why there is none."""
    kibana = client.from_arguments(args) if args.kibana else runtime.kibana()
    if kibana is None:
        return None, runtime.no_kibana or "no Kibana of this bundle runs; --kibana URL names one"
    try:
        kibana.wait(args.wait, lambda line: print(line, file=sys.stderr))
    except OSError as error:
        raise UserError(f"Kibana does not answer: {error}", where=kibana.url) from None
    return kibana, ""
