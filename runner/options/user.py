"""The options of `user`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.cli import later

if TYPE_CHECKING:
    import argparse


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`user add NAME --role ROLE… | list | password NAME | remove NAME`."""
    parser = sub.add_parser("user", help="add, list and remove people's users, each with a role of docs/roles.md")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="make a user with a role, and print the password once")
    add.add_argument("name", metavar="NAME")
    add.add_argument(
        "--role", action="append", required=True, metavar="ROLE", help="finance, auditor, …; may be repeated"
    )
    password = actions.add_parser("password", help="make a new password, and print it once")
    password.add_argument("name", metavar="NAME")
    remove = actions.add_parser("remove", help="remove a user that `user add` made")
    remove.add_argument("name", metavar="NAME")
    listed = actions.add_parser("list", help="list the users that have a role of the bundle")
    listed.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(func=later("runner.commands.user"))
