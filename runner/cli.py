"""The command line: the commands of `python -m generator`, and those that need a machine or a cluster."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any, Final

from generator import cli
from generator.cli import Command

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Every command, in the order in which `--help` lists them.
COMMANDS: Final[dict[str, Command]] = {
    **cli.COMMANDS,
    "process": Command("show the documents that log lines become; needs no Elasticsearch", "runner.commands.process"),
    "sources": Command("list the log sources, and how to feed each", "runner.options.sources"),
    "prices": Command("compare the price card with other price lists, or import from them", "runner.options.prices"),
    "alerts": Command("list the alert rules, check them, or send one to try a channel", "runner.options.alerts"),
    "doctor": Command(
        "check this machine: what is missing, what to do; exit 1 when `up` would fail", "runner.options.doctor"
    ),
    "up": Command("start everything, apply templates, feed the samples; safe to repeat", "runner.options.up"),
    "plan": Command("show what differs in the cluster from the rendered files; writes nothing", "runner.options.plan"),
    "apply": Command("show the plan, ask, and write exactly that into the cluster", "runner.options.apply"),
    "down": Command("stop what `up` started; data stays", "runner.options.down"),
    "status": Command(
        "print state, health and document counts; exit 1 when something is wrong", "runner.options.status"
    ),
    "logs": Command("print the logs of the services", "runner.options.logs"),
    "clean": Command("stop everything, and remove data and secrets of this checkout", "runner.options.clean"),
    "backup": Command("take a snapshot of all documents, or list the snapshots", "runner.options.backup"),
    "restore": Command(
        "restore a snapshot; existing indices are kept, unless you choose otherwise", "runner.options.restore"
    ),
    "upgrade": Command("upgrade the Elastic Stack: check, upgrade each service, compare", "runner.options.upgrade"),
    "digests": Command("write compose/digests.yaml: every image of the stack by its digest", "runner.options.digests"),
    "import-dashboards": Command("import kibana/*.ndjson into a running Kibana", "runner.options.import_dashboards"),
    "export-dashboards": Command(
        "export the dashboards from Kibana, and show what a person changed", "runner.options.export_dashboards"
    ),
    "report": Command(
        "report usage and cost of a period; without one, write the dashboards as an HTML page", "runner.commands.report"
    ),
    "simulate": Command(
        "work out what the same calls would have cost with another model or card", "runner.commands.simulate"
    ),
    "reconcile": Command(
        "compare a bill with our calls and explain the gap; exit 1 above the tolerance", "runner.commands.reconcile"
    ),
    "reprice": Command(
        "cost stored calls anew after a price correction; --write changes them", "runner.commands.reprice"
    ),
    "export": Command("write usage and cost as a FOCUS file, which finance tools read", "runner.commands.export"),
    "rollup": Command("keep exact sums of calls by quarter of an hour and by day, for years", "runner.commands.rollup"),
    "query": Command("answer a question of the query library; without a name, list them", "runner.commands.query"),
    "classify": Command("ask a model for the category of errors that no rule knows", "runner.options.classify"),
    "sentry": Command("send one event to Sentry for each new template of the errors index", "runner.options.sentry"),
    "seal": Command(
        "seal the closed days: a Merkle root and an HMAC for each index, in one chain", "runner.options.seal"
    ),
    "verify": Command(
        "name every document that was changed, removed or added since its day was sealed", "runner.options.verify"
    ),
    "user": Command("add, list and remove people's users, each with a role of docs/roles.md", "runner.options.user"),
    "evidence": Command(
        "pack reports, seals, alerts and configuration of some days into one archive", "runner.options.evidence"
    ),
    "erase": Command(
        "count the documents of one person or session, and delete them with --yes", "runner.options.erase"
    ),
}


class _Version(argparse.Action):
    """Prints the version of the package and ends. The metadata is read only then, since reading it takes time."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:  # noqa: ANN401  # argparse's own types
        """`--version`."""
        from importlib.metadata import version  # noqa: PLC0415  # see above

        from runner.host.jdk import VERSIONS  # noqa: PLC0415  # the same

        print(f"holysheep-elk {version('holysheep-elk')}, made for Elastic Stack {next(iter(VERSIONS))}")
        parser.exit()


def build_parser(wanted: str | None = None) -> argparse.ArgumentParser:
    """The parser, with the options of the `wanted` command alone; of every other command only the help line."""
    parser = cli.build_parser(COMMANDS, wanted, prog="holysheep-elk")
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    return cli.run(lambda: build_parser(cli.wanted(arguments)), arguments)
