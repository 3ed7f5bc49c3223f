"""The certificate of an erasure: what was deleted and when, without the subject's name."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from generator.paths import STATE
from runner.host.files import write_private

if TYPE_CHECKING:
    from pathlib import Path

    from runner.compliance.erase import Erased
    from runner.compliance.subject import Subject

FOLDER: Final = STATE / "erasures"


@dataclass(frozen=True)
class Certificate:
    """A certificate that was written, and its salt."""

    path: Path
    salt: str


def write(
    subject: Subject, erased: Erased, snapshots: list[dict[str, Any]], request: str, folder: Path | None = None
) -> Certificate:
    """Write the certificate, readable by its owner alone: of a request of the register.

    Whoever knows name and salt can check that the certificate is about the name: SHA-256 of both. The salt is in it
    unless the person has a key of the own, which is destroyed: then only the person may be able to tell.
    """
    now = datetime.now(UTC)
    salt = secrets.token_hex(16)
    text = {
        "request": request,
        "run": erased.run,
        "erased_at": now.isoformat(timespec="seconds"),
        "by": subject.by,
        **({} if subject.own else {"salt": salt}),
        "sha256": hashlib.sha256(f"{salt}{subject.name}".encode()).hexdigest(),
        "documents": erased.documents,
        "keys_destroyed": erased.keys,
        "indices_not_merged_yet": list(erased.not_merged),
        "snapshots_that_may_hold_the_subject": snapshots,
    }
    path = (folder or FOLDER) / f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}.json"
    write_private(path, json.dumps(text, indent=2) + "\n")
    return Certificate(path, salt)
