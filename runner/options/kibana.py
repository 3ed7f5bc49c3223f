"""The options that name a Kibana."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from runner.kibana import LOCAL, WAIT_S
from runner.options.values import seconds

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that name a Kibana. Their defaults come from the environment."""
    env = os.environ
    parser.add_argument(
        "--kibana",
        metavar="URL",
        default=env.get("KIBANA_URL"),
        help=f"Kibana's address, with its base path [KIBANA_URL, {LOCAL}]",
    )
    parser.add_argument("--space", default=env.get("KIBANA_SPACE", "default"), help="space [KIBANA_SPACE, %(default)s]")
    ca = env.get("KIBANA_CA")
    parser.add_argument(
        "--ca", metavar="FILE", type=Path, default=Path(ca) if ca else None, help="certificate authority [KIBANA_CA]"
    )
    parser.add_argument(
        "--user", default=env.get("KIBANA_USER"), help="user [KIBANA_USER]; the password is in KIBANA_PASSWORD"
    )
    parser.add_argument(
        "--wait",
        metavar="SECONDS",
        type=seconds,
        default=WAIT_S,
        help="how long to wait until Kibana is ready [%(default)s]",
    )
