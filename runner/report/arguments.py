"""The options that name an Elasticsearch to read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser, *, user: str = "--user") -> None:
    """Add the options `--url`, `--ca` and `--user`, or what the option for the user's name is called here instead.

    Their defaults are environment variables.
    """
    env = os.environ
    url, ca = env.get("ELASTICSEARCH_URL"), env.get("ELASTICSEARCH_CA")
    parser.add_argument(
        "--url",
        default=url,
        help="Elasticsearch to read, or several nodes of it separated by spaces; default: ELASTICSEARCH_URL, else the "
        "one of this checkout",
    )
    ca_default = Path(ca) if ca else None
    parser.add_argument(
        "--ca", metavar="FILE", type=Path, default=ca_default, help="its CA certificate; default: ELASTICSEARCH_CA"
    )
    parser.add_argument(
        user,
        dest="login",
        metavar="NAME",
        default=env.get("ELASTICSEARCH_USER"),
        help="user name; default: ELASTICSEARCH_USER. The password is read from ELASTICSEARCH_PASSWORD",
    )
    parser.add_argument("--password-file", metavar="FILE", type=Path, help="read the password from this file instead")
    parser.add_argument(
        "--api-key-file",
        metavar="FILE",
        type=Path,
        help="an API key in place of user and password: id:api_key, or the form that Kibana calls Encoded. Without the "
        "option it may be in ELASTICSEARCH_API_KEY (Encoded)",
    )
