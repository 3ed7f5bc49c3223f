"""The options of `classify`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli import later
from generator.paths import ROOT
from generator.registry import FOLDER
from runner.report.arguments import add_arguments

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`classify` and its options."""
    env = os.environ
    parser = sub.add_parser("classify", help="ask a model for the category of errors that no rule knows")
    add_arguments(parser)
    url = env.get("CLASSIFY_URL", "https://api.holysheep.ai/v1")
    parser.add_argument("--model-url", default=url, help="OpenAI-compatible, up to /v1 [CLASSIFY_URL, %(default)s]")
    parser.add_argument(
        "--model", default=env.get("CLASSIFY_MODEL", "deepseek-v3.2"), help="[CLASSIFY_MODEL, %(default)s]"
    )
    parser.add_argument("--limit-usd", type=float, default=1.0, metavar="USD", help="limit of a UTC day [%(default)s]")
    parser.add_argument("--logs", type=Path, default=ROOT / "logs", help="folder that Filebeat reads [%(default)s]")
    parser.add_argument(
        "--learned", type=Path, default=FOLDER / "errors.learned.yaml", help="file of verdicts [%(default)s]"
    )
    parser.add_argument("--every", type=int, metavar="MINUTES", help="repeat after this time, instead of once")
    parser.add_argument("--dry-run", action="store_true", help="print the questions and their cost; send nothing")
    parser.add_argument("--review", action="store_true", help="accept or refuse each stored verdict")
    parser.set_defaults(func=later("runner.commands.classify"))
