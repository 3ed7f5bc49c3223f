"""The options of `plan` and `apply`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli import later
from runner.kibana import WAIT_S
from runner.options.values import seconds

if TYPE_CHECKING:
    import argparse

PLAN: str = "show what differs in the cluster from the rendered files; writes nothing"
APPLY: str = "show the plan, ask, and write exactly that into the cluster"


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`plan [--prune] [--overwrite] [--from-tomorrow] [--exit-code] [--json]`."""
    parser = sub.add_parser("plan", help=PLAN)
    add_arguments(parser)
    parser.add_argument("--exit-code", action="store_true", help="exit with 1 when there is something to do")
    parser.set_defaults(func=later("runner.commands.plan"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that both commands have."""
    env = os.environ
    parser.add_argument(
        "--prune", action="store_true", help="delete what this bundle has made and no longer renders; else it is kept"
    )
    parser.add_argument(
        "--from-tomorrow",
        action="store_true",
        help="accept a change that today's indices can't take, such as a field's type: it holds from the next index on",
    )
    parser.add_argument(
        "--days",
        type=int,
        default=2,
        metavar="N",
        help="put new fields into the indices of the last N days, today included [%(default)s]",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace objects that a person changed in Kibana, too")
    parser.add_argument("--lang", choices=("en", "ko"), default="en", help="language of the dashboards [%(default)s]")
    parser.add_argument(
        "--kibana",
        metavar="URL",
        default=env.get("KIBANA_URL"),
        help="a Kibana other than the one of `make up` [KIBANA_URL]",
    )
    ca = env.get("KIBANA_CA")
    parser.add_argument("--space", default=env.get("KIBANA_SPACE", "default"), help="its space [KIBANA_SPACE]")
    parser.add_argument(
        "--ca", metavar="FILE", type=Path, default=Path(ca) if ca else None, help="its authority [KIBANA_CA]"
    )
    parser.add_argument(
        "--user", default=env.get("KIBANA_USER"), help="its user [KIBANA_USER]; the password is in KIBANA_PASSWORD"
    )
    parser.add_argument(
        "--wait", metavar="SECONDS", type=seconds, default=WAIT_S, help="how long to wait for Kibana [%(default)s]"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
