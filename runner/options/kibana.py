"""The options that name a Kibana."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from runner.kibana import WAIT_S

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that name a Kibana. Their defaults come from the environment."""
    env = os.environ
    url = env.get("KIBANA_URL", "https://localhost:5601")
    parser.add_argument(
        "--kibana", metavar="URL", default=url, help="Kibana's address, with its base path [KIBANA_URL, %(default)s]"
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
        type=float,
        default=WAIT_S,
        help="how long to wait until Kibana is ready [%(default)s]",
    )
