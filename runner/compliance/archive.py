"""An archive of evidence: files in a fixed order, and a manifest with the SHA-256 of each."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Final

from generator.errors import UserError
from runner.cluster.digest import canonical
from runner.host.files import PRIVATE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from runner.host.keyring import Keyring

Json = dict[str, Any]
MANIFEST: Final = "manifest.json"
_PURPOSE: Final = b"holysheep evidence 1\n"
_CHUNK: Final = 1024 * 1024
#: Shorter texts are no secrets of this bundle, and would be found by chance.
_LEAST: Final = 8


@dataclass(frozen=True)
class Flaw:
    """A file of an archive that is not as the manifest says. `kind`: changed, missing, not listed, forged."""

    path: str
    kind: str


def write(
    target: Path, files: Mapping[str, bytes | Path], about: Json, keyring: Keyring, secrets: Mapping[str, bytes]
) -> str:
    """Write the archive, whole or not at all, readable by its owner alone. Returns the SHA-256 of its manifest.

    `files`: path in the archive → content, or the file that has it. `secrets`: name → value of what may not be in it.
    UserError when a file holds one.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    try:
        with ExitStack() as stack:
            raw = stack.enter_context(os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "wb"))
            packed = stack.enter_context(gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0))
            tar = stack.enter_context(tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT))
            entries = {path: _add(tar, path, files[path], secrets) for path in sorted(files)}
            manifest = about | {"files": entries}
            if keyring.keys:
                manifest |= {"key": keyring.current}
                manifest |= {"hmac": keyring.sign(_message(manifest))}
            text = (json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
            _add(tar, MANIFEST, text, secrets)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return hashlib.sha256(text).hexdigest()


def check(target: Path, keyring: Keyring) -> tuple[Json, list[Flaw]]:
    """The manifest of an archive, and every file that is not as it says. UserError when it can't be read."""
    hashes: dict[str, str] = {}
    manifest = b""
    try:
        with tarfile.open(target, "r:gz") as tar:
            for member in tar:
                file = tar.extractfile(member)
                if file is None:
                    continue
                if member.name == MANIFEST:
                    manifest = file.read()
                else:
                    hashes[member.name] = _hash(file)
        told: Json = json.loads(manifest)
        listed = {path: str(entry["sha256"]) for path, entry in told["files"].items()}
    except OSError as error:
        what = f"can't be read: {error.strerror or error}"
        raise UserError(what, where=str(target)) from None
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError, AttributeError):
        raise UserError("this is no archive of evidence, or it was cut off", where=str(target)) from None
    flaws = [Flaw(path, "missing") for path in listed.keys() - hashes.keys()]
    flaws += [Flaw(path, "not listed") for path in hashes.keys() - listed.keys()]
    flaws += [Flaw(path, "changed") for path in listed.keys() & hashes.keys() if listed[path] != hashes[path]]
    if signature(told, keyring) is False:
        flaws.append(Flaw(MANIFEST, "forged"))
    return told, sorted(flaws, key=lambda flaw: flaw.path)


def signature(manifest: Json, keyring: Keyring) -> bool | None:
    """Whether the manifest's HMAC is right; None when it has none, or its key is not there."""
    if not isinstance(manifest.get("hmac"), str):
        return None
    return keyring.verify(str(manifest.get("key")), _message(manifest), manifest["hmac"])


def _message(manifest: Json) -> bytes:
    return _PURPOSE + canonical({name: value for name, value in manifest.items() if name != "hmac"})


def _add(tar: tarfile.TarFile, path: str, content: bytes | Path, secrets: Mapping[str, bytes]) -> Json:
    """Add a file with nothing of this machine in its header. Returns its entry of the manifest."""
    with ExitStack() as stack:
        file: IO[bytes] = io.BytesIO(content) if isinstance(content, bytes) else stack.enter_context(content.open("rb"))
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        _refuse_secrets(path, file, secrets)
        file.seek(0)
        hashed = _hash(file)
        file.seek(0)
        info = tarfile.TarInfo(path)
        info.size, info.mode = size, 0o644
        tar.addfile(info, file)
    return {"bytes": size, "sha256": hashed}


def _refuse_secrets(path: str, file: IO[bytes], secrets: Mapping[str, bytes]) -> None:
    values = {name: value for name, value in secrets.items() if len(value) >= _LEAST}
    before = b""
    while chunk := file.read(_CHUNK):
        # With the end of the chunk before: a secret may lie across.
        window = before + chunk
        for name, value in values.items():
            if value in window:
                raise UserError(f"{path} would hold the secret {name}; nothing was written", where="evidence")
        before = window[-max(map(len, values.values()), default=0) :] if values else b""


def _hash(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
