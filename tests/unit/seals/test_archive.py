"""The archive of evidence: the same bytes for the same files, every tampering named, no secret inside."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError
from runner.compliance import archive
from runner.compliance.archive import Flaw
from runner.host import keyring

if TYPE_CHECKING:
    from pathlib import Path

FILES = {"b.json": b'{"b": 1}\n', "a/long.bin": bytes(range(256)) * 9000, "c.txt": b""}
ABOUT = {"format": "holysheep evidence 1", "from": "2026-11-01"}


def made(folder: Path, name: str = "e.tar.gz") -> Path:
    """A signed archive of the files."""
    target = folder / name
    archive.write(target, FILES, ABOUT, keyring.made(folder / "secrets" / "seal_key"), {})
    return target


def repacked(target: Path, change: dict[str, bytes | None]) -> None:
    """The same archive with some files changed, added, or left out (None)."""
    with tarfile.open(target, "r:gz") as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for name, content in (files | change).items():
            if content is not None:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    target.write_bytes(gzip.compress(raw.getvalue()))


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    """Sorted, the manifest last, without times and owners; the hashes are those of the files."""
    one, two = made(tmp_path), made(tmp_path, "other.tar.gz")
    assert one.read_bytes() == two.read_bytes()
    assert one.stat().st_mode & 0o777 == 0o600
    with tarfile.open(one, "r:gz") as tar:
        members = tar.getmembers()
    assert [item.name for item in members] == ["a/long.bin", "b.json", "c.txt", "manifest.json"]
    assert {(item.mtime, item.uid, item.uname) for item in members} == {(0, 0, "")}
    manifest, flaws = archive.check(one, keyring.read(tmp_path / "secrets" / "seal_key"))
    assert flaws == []
    assert manifest["files"]["b.json"] == {"bytes": 9, "sha256": hashlib.sha256(FILES["b.json"]).hexdigest()}


def test_each_tampering_is_named(tmp_path: Path) -> None:
    """A changed, a missing and an added file; a manifest that was made to fit is forged."""
    ring = keyring.made(tmp_path / "secrets" / "seal_key")
    target = made(tmp_path)
    repacked(target, {"b.json": b"{}", "c.txt": None, "new": b"x"})
    expected = [Flaw("b.json", "changed"), Flaw("c.txt", "missing"), Flaw("new", "not listed")]
    assert archive.check(target, ring)[1] == expected
    target = made(tmp_path)
    with tarfile.open(target, "r:gz") as tar:
        text = tar.extractfile("manifest.json").read()  # type: ignore[union-attr]
    old, new = (hashlib.sha256(content).hexdigest().encode() for content in (FILES["b.json"], b"{}"))
    repacked(target, {"b.json": b"{}", "manifest.json": text.replace(old, new)})
    assert archive.check(target, ring)[1] == [Flaw("manifest.json", "forged")]
    assert archive.check(target, keyring.NO_KEYS)[1] == []


@pytest.mark.parametrize("left", [0, 10, 2000])
def test_a_cut_off_archive_is_told(tmp_path: Path, left: int) -> None:
    """However much is left."""
    target = made(tmp_path)
    target.write_bytes(target.read_bytes()[:left])
    with pytest.raises(UserError, match="cut off"):
        archive.check(target, keyring.NO_KEYS)


def test_a_secret_is_refused(tmp_path: Path) -> None:
    """Also where it lies across two chunks of reading; nothing is written then."""
    secret = b"0123456789abcdef"
    content = b"x" * (1024 * 1024 - 5) + secret
    with pytest.raises(UserError, match="big would hold the secret writer_password"):
        archive.write(tmp_path / "e.tar.gz", {"big": content}, ABOUT, keyring.NO_KEYS, {"writer_password": secret})
    assert list(tmp_path.iterdir()) == []
