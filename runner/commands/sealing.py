"""What `seal`, `verify` and `evidence` share: the connection, the keys, and the words for what they find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from generator.paths import STATE
from runner.cluster import changes
from runner.compliance.seals.signatures import Keys
from runner.host import keyring
from runner.words import counted

if TYPE_CHECKING:
    from pathlib import Path

    from runner.compliance.seals.chain import Flaw
    from runner.compliance.seals.compare import Difference
    from runner.compliance.seals.record import Seal
    from runner.runtime import Runtime

#: Purpose → the environment variable with the path of its key. Without it the key is the file `PURPOSE_key` among the
#: secrets of the runtime.
VARIABLES: Final = {"seal": "HOLYSHEEP_SEAL_KEY_FILE", "audit": "HOLYSHEEP_AUDIT_KEY_FILE"}


def key_file(purpose: str, runtime: Runtime | None) -> Path:
    """The file of a key."""
    folder = runtime.secret_folder() if runtime else STATE / "secrets"
    return keyring.path_of(VARIABLES[purpose], folder / f"{purpose}_key")


def keys(runtime: Runtime | None, *, make: bool = False) -> Keys:
    """The keys that are there. `make`: the seal's key is made when it is missing."""
    read = keyring.made if make else keyring.read
    audit, change = keyring.read(key_file("audit", runtime)), keyring.read(changes.key_file())
    return Keys(read(key_file("seal", runtime)), audit, change)


def difference(index: str, item: Difference) -> dict[str, Any]:
    """A difference for `--json`."""
    return {"index": index, "id": item.id, "is": item.kind, "what": item.what, "run": item.run or None}


def flaw(item: Flaw) -> dict[str, Any]:
    """A flaw of the chain for `--json`."""
    return {"seal": item.number or None, "is": item.kind, "where": item.where, "what": item.what}


def head(seals: list[Seal]) -> str:
    """What a person notes of a chain: how to tell later that its end was not cut off."""
    if not seals:
        return "there are no seals"
    last = seals[-1]
    note = f"Note for later: --count {last.number} --head {last.hash}"
    return f"{counted(last.number, 'seal')}, the last of {last.sealed_at}. {note}"
