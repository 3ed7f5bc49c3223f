"""`user`: people's users in Elasticsearch, each with a role of the bundle."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from runner.cluster import admin, people
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse

    from elasticsearch import Elasticsearch


def run(args: argparse.Namespace) -> int:
    """Always exit code 0; what does not go is a UserError."""
    runtime = choose.used()
    with admin.connect(runtime) as cluster:
        if args.action == "list":
            _list(cluster.es, runtime.no_users, as_json=args.json)
        elif args.action == "remove":
            people.remove(cluster.es, args.name)
            print(f"removed {args.name}")
        elif args.action == "password":
            print(f"{args.name}: the new password is {people.new_password(cluster.es, args.name)}")
        else:
            password = people.add(cluster.es, args.name, args.role)
            print(f"{args.name}: made with the role {', '.join(args.role)}; the password is {password}")
    return 0


def _list(es: Elasticsearch, no_users: str, *, as_json: bool) -> None:
    users = people.listed(es)
    if as_json:
        print(json.dumps(users, indent=2))
        return
    if not users:
        print(no_users or "no user has a role of this bundle; `holysheep-elk user add` makes one")
    for name, roles in users.items():
        print(f"{name:<24} {', '.join(roles)}")
