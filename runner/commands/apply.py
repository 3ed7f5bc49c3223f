"""`apply`: shows the plan, asks, and writes exactly what it has shown."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from generator.errors import UserError
from runner.cluster import apply as cluster_apply
from runner.commands import plan as planning
from runner.commands import plan_text
from runner.plan import whole

if TYPE_CHECKING:
    import argparse
    from collections import Counter


def run(args: argparse.Namespace) -> int:
    """0 when everything is as it is rendered, 1 when the person said no. A refused change or step is an error: 2."""
    with planning.compared(args) as (target, files):
        if not args.yes and not sys.stdin.isatty():
            raise UserError("nobody can be asked here: this is no terminal", where="apply", hint="write `apply --yes`")
        plan = whole.make(target, files, planning.options(args))
        if not args.json:
            plan_text.show(plan, target)
        cluster_apply.refuse(plan.elasticsearch)
        if not plan.to_do:
            return _end(args, plan, None)
        if not args.yes:
            if not _agreed():
                print("nothing was written", file=sys.stderr)
                return 1
            if not whole.same(plan, whole.make(target, files, planning.options(args))):
                raise UserError(
                    "somebody changed the cluster since the plan was shown; nothing was written",
                    where="apply",
                    hint="run it again, and look at the new plan",
                )
        done = whole.write(target, files, plan, lambda line: print(line, file=sys.stderr, flush=True))
        return _end(args, plan, done)


def _agreed() -> bool:
    print("Write this? Only `yes` writes: ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip() == "yes"


def _end(args: argparse.Namespace, plan: whole.Plan, done: Counter[str] | None) -> int:
    if args.json:
        print(json.dumps({**plan_text.as_json(plan), "written": dict(done or {})}, indent=2, ensure_ascii=False))
    elif done is not None:
        print(f"Done: {', '.join(f'{count} {result}' for result, count in sorted(done.items())) or 'nothing written'}")
    return 0
