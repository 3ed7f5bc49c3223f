"""The part of `erase` that is about users' own keys (`privacy.user_ids: hmac`)."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import UserError
from runner.compliance import subject_keys
from runner.compliance.erase import find
from runner.lines.feed import user_ids
from runner.runtimes import choose

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from runner.compliance.subject import Subject


def with_own(subject: Subject) -> Subject:
    """A user with the own keys; says so when there should be a file of keys and is none."""
    if subject.by != "user":
        return subject
    path = _file()
    own = subject_keys.of_user(path, subject.keys, subject.name)
    if not own and user_ids() == "hmac" and not (path and path.is_file()):
        where = path or f"the one that {subject_keys.VARIABLE} should name"
        print(
            f"there is no file of users' keys ({where}): only the name and its hash by the privacy key are looked for",
            file=sys.stderr,
        )
    return replace(subject, own=own)


def check(es: Elasticsearch, prefix: str, subject: Subject, *, keep_costs: bool) -> None:
    """UserError when a destroyed key would not be the erasure: without a key, or where documents hold other names."""
    if keep_costs:
        raise UserError("--key-only keeps every document, so --keep-costs says nothing", hint="leave one out")
    if not subject.own:
        raise UserError(
            f"there is no key of this {subject.by} that could be destroyed",
            hint="docs/privacy.md says who has one; without --key-only the documents are deleted",
        )
    others = find(es, prefix, replace(subject, own=()))
    if others:
        kinds = ", ".join(f"{count:,} in {kind}" for kind, count in others.items())
        raise UserError(
            f"documents hold the name itself, or its hash by the privacy key: {kinds}",
            hint="they would still tell who it was; without --key-only they are deleted, and the key is destroyed",
        )


def destroy(subject: Subject) -> int:
    """Destroy the keys of a user. Returns how many there were."""
    path = _file()
    return subject_keys.destroy(path, {key.lookup for key in subject.own}) if path and subject.own else 0


def _file() -> Path | None:
    """The file that the environment names, else that of the way of running that this checkout uses."""
    if named := os.environ.get(subject_keys.VARIABLE):
        return Path(named)
    runtime = choose.remembered()
    return runtime.subject_folder() / subject_keys.NAME if runtime else None
