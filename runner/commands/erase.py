"""`erase`: the register of requests; counts a person's documents, deletes them, and writes a certificate."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from generator.errors import UserError
from runner.cluster import admin, changes, refused
from runner.commands import erase_keys
from runner.compliance import certificate, register
from runner.compliance.erase import Erased, erase, find, snapshots
from runner.compliance.register import Register
from runner.compliance.subject import Subject, keys
from runner.lines.feed import rules_of
from runner.report import source
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from elasticsearch import Elasticsearch

    from runner.compliance.certificate import Certificate
    from runner.compliance.register import Request

#: Names the file of the key by which users and subjects are hashed.
VARIABLE: Final = "HOLYSHEEP_PRIVACY_KEY_FILE"
ROLE: Final = "holysheep_eraser"


@dataclass(frozen=True)
class _Outcome:
    """What `--yes` has done."""

    erased: Erased
    request: str
    certificate: Certificate
    #: That may hold the subject.
    snapshots: list[dict[str, Any]]
    #: Whether the person had a key of the own: then the salt is stored nowhere.
    own_key: bool

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        done = self.erased
        return {
            "documents": done.documents,
            "keys": done.keys,
            "erased": True,
            "request": self.request,
            "not_merged": list(done.not_merged),
            "snapshots": self.snapshots,
            "certificate": str(self.certificate.path),
            **({"salt": self.certificate.salt} if self.own_key else {}),
        }


def run(args: argparse.Namespace) -> int:
    """Exit code 0 when all went well, 1 when bytes may still be in a data file or a request is late."""
    prefix = rules_of()[1]
    with _cluster(args) as es:
        if args.list:
            return _list(Register(es, prefix).read(), as_json=args.json)
        refused.require(es, ROLE)
        if args.close:
            return _close(es, prefix, args)
        by: Literal["user", "session"] = "session" if args.user is None else "user"
        subject = erase_keys.with_own(Subject(by, args.session if args.user is None else args.user, _keys()))
        if args.request:
            return _request(es, prefix, subject, args)
        if args.key_only:
            erase_keys.check(es, prefix, subject, keep_costs=args.keep_costs)
        return _erase(es, prefix, subject, args) if args.yes else _count(es, prefix, subject, args)


@contextmanager
def _cluster(args: argparse.Namespace) -> Iterator[Elasticsearch]:
    """The cluster that the options name with that person's login, else this checkout's with an administrator's."""
    if args.url:
        with source.named(args) as es, admin.in_words():
            yield es
    else:
        with admin.connect(choose.used()) as cluster:
            yield cluster.es


def _keys() -> tuple[bytes, ...]:
    if named := os.environ.get(VARIABLE):
        return keys(Path(named))
    runtime = choose.remembered()
    return keys(runtime.secret_folder() / "privacy_key" if runtime else None)


def _list(requests: Sequence[Request], *, as_json: bool) -> int:
    now = register.now()
    late = register.warnings(requests, now)
    if as_json:
        print(json.dumps([item.as_json(now) for item in requests], indent=2))
        return int(bool(late))
    if not requests:
        print("there are no requests; `holysheep-elk erase --user ID --request` writes one")
        return 0
    print(f"{'request':<26} {'asked':<11} {'deadline':<11} {'state':<28} {'documents':>9}  certificate or note")
    for item in requests:
        count = "" if item.documents is None else f"{item.documents:,}"
        print(
            f"{item.id:<26} {item.asked:%Y-%m-%d}  {item.deadline:%Y-%m-%d}  {item.state(now):<28} {count:>9}  "
            f"{item.certificate or item.note}"
        )
    return int(bool(late))


def _close(es: Elasticsearch, prefix: str, args: argparse.Namespace) -> int:
    if not args.note:
        raise UserError("there is no reason", hint="say why with --note, without the person's name")
    Register(es, prefix).close(args.close, args.note)
    print(f"closed {args.close}")
    return 0


def _request(es: Elasticsearch, prefix: str, subject: Subject, args: argparse.Namespace) -> int:
    now = register.now()
    requests, digests = Register(es, prefix), subject.register_hashes
    known = register.open_of(requests.read(), digests)
    request = known or requests.add(subject.by, digests[0], args.asked)
    if args.json:
        print(json.dumps(request.as_json(now), indent=2))
    else:
        print(f"request {request.id}{' is there already' if known else ''}: {request.state(now)}")
        print(f"the deadline is {request.deadline:%Y-%m-%d %H:%M} UTC; `erase --{subject.by} … --yes` meets it")
    return 0


def _count(es: Elasticsearch, prefix: str, subject: Subject, args: argparse.Namespace) -> int:
    documents = find(es, prefix, subject)
    pseudonyms = [key.pseudonym for key in subject.own]
    if args.json:
        print(json.dumps({"documents": documents, "pseudonyms": pseudonyms, "erased": False}, indent=2))
        return 0
    todo = "--yes destroys the key" if args.key_only else "--yes deletes them"
    _print_counts(documents, f"documents of this {subject.by}; nothing was deleted, {todo}")
    for name in pseudonyms:
        print(f"pseudonym: {name}")
    return 0


def _erase(es: Elasticsearch, prefix: str, subject: Subject, args: argparse.Namespace) -> int:
    requests, digests = Register(es, prefix), subject.register_hashes
    request = register.open_of(requests.read(), digests) or requests.add(subject.by, digests[0], args.asked)
    done = Erased({}, (), "") if args.key_only else _documents(es, prefix, subject, request.id, args)
    if not done.not_merged:
        # Last: a broken-off erasure needs the pseudonym when it is repeated.
        done = replace(done, keys=erase_keys.destroy(subject))
    holding = [] if args.key_only else snapshots(es)
    written = certificate.write(subject, done, holding, request.id)
    if not done.not_merged:
        requests.finish(request, sum(done.documents.values()), written.path.stem, done.keys)
    _print_done(subject, _Outcome(done, request.id, written, holding, bool(subject.own)), args)
    return int(bool(done.not_merged))


def _documents(es: Elasticsearch, prefix: str, subject: Subject, request: str, args: argparse.Namespace) -> Erased:
    # With a key of the user's own, `changes` may not tell whose documents went: a snapshot may hold their pseudonym.
    why = "erasure" if subject.own else f"erasure request {request}"
    journal = changes.Journal(es, prefix, changes.begin("erase", why))
    return erase(journal, subject, _tell, keep_costs=args.keep_costs)


def _print_done(subject: Subject, outcome: _Outcome, args: argparse.Namespace) -> None:
    done, written = outcome.erased, outcome.certificate
    if args.json:
        print(json.dumps(outcome.as_json(), indent=2))
        return
    _print_counts(done.documents, "documents deleted" + ("; calls keep their figures" if args.keep_costs else ""))
    for index in done.not_merged:
        print(f"{index}: its files may still hold deleted documents; repeat the command later")
    for item in outcome.snapshots:
        print(f"snapshot {item['snapshot']} of {item['taken']} may still hold this {subject.by}")
    if done.keys:
        print("the user's key is destroyed: a pseudonym in snapshots and copies is nobody's")
    if outcome.own_key:
        print(f"salt of the certificate, for the person alone; it is stored nowhere: {written.salt}")
    print(f"request {outcome.request}: {'still open' if done.not_merged else 'done'}\ncertificate: {written.path}")
    print("Log files that were read are not touched: lines that are fed again come back.")


def _tell(line: str) -> None:
    print(line, file=sys.stderr)


def _print_counts(documents: dict[str, int], what: str) -> None:
    for kind, count in documents.items():
        print(f"{kind:<12} {count:>10,}")
    print(f"{'all':<12} {sum(documents.values()):>10,}  {what}")
