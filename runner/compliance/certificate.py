"""The certificate of an erasure: what was deleted and when, without the subject's name."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from generator.paths import STATE
from runner.host.files import write_private

if TYPE_CHECKING:
    from pathlib import Path

    from runner.compliance.erase import Erased
    from runner.compliance.subject import Subject

FOLDER: Final = STATE / "erasures"


def write(
    subject: Subject, erased: Erased, snapshots: list[dict[str, Any]], request: str, folder: Path | None = None
) -> Path:
    """Write the certificate, readable by its owner alone: of a request of the register.

    Whoever knows the name can check that the certificate is about it: SHA-256 of salt and name.
    """
    now = datetime.now(UTC)
    salt = secrets.token_hex(16)
    text = {
        "request": request,
        "run": erased.run,
        "erased_at": now.isoformat(timespec="seconds"),
        "by": subject.by,
        "salt": salt,
        "sha256": hashlib.sha256(f"{salt}{subject.name}".encode()).hexdigest(),
        "documents": erased.documents,
        "indices_not_merged_yet": list(erased.not_merged),
        "snapshots_that_may_hold_the_subject": snapshots,
    }
    path = (folder or FOLDER) / f"{now:%Y%m%dT%H%M%SZ}-{salt[:8]}.json"
    write_private(path, json.dumps(text, indent=2) + "\n")
    return path
