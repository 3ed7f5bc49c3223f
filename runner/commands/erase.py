"""`erase`: counts the documents of one person or session, deletes them, and writes a certificate."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from runner.cluster import admin
from runner.compliance import certificate
from runner.compliance.erase import Subject, erase, find, snapshots
from runner.lines.feed import rules_of
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse

    from runner.cluster.admin import Cluster


def run(args: argparse.Namespace) -> int:
    """Exit code 0 when nothing of the subject is left in the indices, 1 when bytes may still be in a data file."""
    subject = Subject("user", args.user) if args.user is not None else Subject("session", args.session)
    with admin.connect(choose.used()) as cluster:
        return _erase(cluster, subject, args) if args.yes else _count(cluster, subject, args)


def _count(cluster: Cluster, subject: Subject, args: argparse.Namespace) -> int:
    documents = find(cluster.es, rules_of()[1], subject)
    if args.json:
        print(json.dumps({"documents": documents, "erased": False}, indent=2))
        return 0
    _print_counts(documents, f"documents of this {subject.by}; nothing was deleted, --yes deletes them")
    return 0


def _erase(cluster: Cluster, subject: Subject, args: argparse.Namespace) -> int:
    done = erase(cluster.es, rules_of()[1], subject, lambda line: print(line, file=sys.stderr))
    holding = snapshots(cluster.es)
    path = certificate.write(subject, done, holding)
    if args.json:
        left = {"not_merged": list(done.not_merged), "snapshots": holding, "certificate": str(path)}
        print(json.dumps({"documents": done.documents, "erased": True, **left}, indent=2))
        return int(bool(done.not_merged))
    _print_counts(done.documents, "documents deleted")
    for index in done.not_merged:
        print(f"{index}: its files may still hold deleted documents; repeat the command later")
    for item in holding:
        print(f"snapshot {item['snapshot']} of {item['taken']} may still hold this {subject.by}")
    print(f"certificate: {path}")
    print("Log files that were read are not touched: lines that are fed again come back.")
    return int(bool(done.not_merged))


def _print_counts(documents: dict[str, int], what: str) -> None:
    for kind, count in documents.items():
        print(f"{kind:<12} {count:>10,}")
    print(f"{'all':<12} {sum(documents.values()):>10,}  {what}")
