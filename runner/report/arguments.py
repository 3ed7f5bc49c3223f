"""The options that name an Elasticsearch to read."""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path
from typing import Any

from generator.errors import UserError


class _Login(argparse.Action):
    """An option that goes with `--url`. Keeps its name, since a default from the environment is no option."""

    def __call__(self, _: Any, namespace: argparse.Namespace, value: Any, option: str | None = None) -> None:  # noqa: ANN401  # argparse's own types
        """Take the value."""
        setattr(namespace, self.dest, value)
        namespace.login_options = [*getattr(namespace, "login_options", []), option]


def _need_url(args: argparse.Namespace) -> None:
    """UserError when a login is named without its cluster: this checkout's would be used with its own rights."""
    options = getattr(args, "login_options", [])
    if options and not args.url:
        raise UserError(
            "goes with --url" if len(options) == 1 else "go with --url",
            where=", ".join(dict.fromkeys(options)),
            hint="name the cluster, or leave it out: this checkout's is used with this checkout's own rights",
        )


def add_arguments(parser: argparse.ArgumentParser, *, user: str = "--user") -> None:
    """Add the options `--url`, `--ca` and `--user`, or what the option for the user's name is called here instead.

    Their defaults are environment variables. A login without `--url` is refused once all options are read.
    """
    env = os.environ
    ca = env.get("ELASTICSEARCH_CA")
    parser.set_defaults(checks=(_need_url,))
    parser.add_argument(
        "--url",
        default=env.get("ELASTICSEARCH_URL"),
        help="Elasticsearch to read, or several nodes of it separated by spaces; default: ELASTICSEARCH_URL, else the "
        "one of this checkout",
    )
    file = partial(parser.add_argument, action=_Login, metavar="FILE", type=Path)
    file("--ca", default=Path(ca) if ca else None, help="its CA certificate; default: ELASTICSEARCH_CA")
    parser.add_argument(
        user,
        action=_Login,
        dest="login",
        metavar="NAME",
        default=env.get("ELASTICSEARCH_USER"),
        help="user name; default: ELASTICSEARCH_USER. The password is read from ELASTICSEARCH_PASSWORD",
    )
    file("--password-file", help="read the password from this file instead")
    file(
        "--api-key-file",
        help="an API key in place of user and password: id:api_key, or the form that Kibana calls Encoded. Without the "
        "option it may be in ELASTICSEARCH_API_KEY (Encoded)",
    )
