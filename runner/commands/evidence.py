"""`evidence`: packs what happened on some days, and the proof of it, into one archive; or checks an archive."""

from __future__ import annotations

import argparse
import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from generator import card as cards
from generator.errors import UserError
from generator.paths import PRICING, STATE
from runner.cluster import changes
from runner.commands import evidence_parts, progress, sealing, verify
from runner.compliance import archive
from runner.compliance.seals.folder import Folder
from runner.compliance.seals.verify import Scope, Verifier
from runner.report import source
from runner.runtimes import choose
from runner.words import counted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from generator.card.model import Card
    from runner.host.keyring import Keyring
    from runner.runtime import Runtime


def run(args: argparse.Namespace) -> int:
    """Exit code 0; of `--check` 1 when a file is not as the manifest says."""
    runtime = choose.remembered()
    if args.check:
        return _check(args, sealing.keys(runtime).seal)
    if args.first is None or args.last is None or args.first > args.last:
        raise UserError(
            "an archive holds the days from the first to the last",
            where="--from, --to",
            hint="name both, such as --from 2026-11-01 --to 2026-11-25",
        )
    card = cards.load(PRICING)
    target = args.out or STATE / "evidence" / f"evidence-{args.first}-{args.last}.tar.gz"
    with source.connect(args, runtime, "admin") as es:
        files, whole = _files(args, es, card, runtime)
    about: dict[str, Any] = {
        "format": "holysheep evidence 1",
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "by": changes.person(),
        "from": str(args.first),
        "to": str(args.last),
        "verified": "whole" if whole else "something is wrong: verify.json",
    }
    keys = sealing.keys(runtime)
    hashed = archive.write(target, files, about, keys.seal, _secrets(runtime, args))
    if args.json:
        print(json.dumps({"archive": str(target), "manifest_sha256": hashed, "files": len(files), "whole": whole}))
        return 0
    print(f"{target}: {counted(len(files), 'file')} and a manifest; SHA-256 of its manifest: {hashed}")
    print(
        "the documents of these days are as sealed" if whole else "verify found something wrong: see verify.json in it"
    )
    return 0


def _files(
    args: argparse.Namespace, es: Elasticsearch, card: Card, runtime: Runtime | None
) -> tuple[Mapping[str, bytes | Path], bool]:
    folder = Folder(args.folder)
    with progress.shown("reading documents") as tell:
        scope = Scope(args.first, args.last, verify.kept_from(card))
        verifier = Verifier(es, card.index_prefix, folder, sealing.keys(runtime), scope, tell)
        outcome = verify.examine(verifier, argparse.Namespace(seals=[], count=None, head=None))
    files: dict[str, bytes | Path] = {
        "verify.json": evidence_parts.json_bytes(outcome.as_json()),
        "seals/seals.ndjson": "".join(seal.line() + "\n" for seal in outcome.seals).encode(),
    }
    for seal in outcome.seals:
        path = folder.leaves(seal)
        if scope.holds_text(seal.day) and path.is_file():
            files[f"seals/leaves/{path.name}"] = path
    files |= evidence_parts.reports(es, card, args.first, args.last)
    files |= evidence_parts.records(es, card.index_prefix, args.first, args.last)
    return files | evidence_parts.configuration(es, card, args.first, args.last), not outcome.alarm


def _secrets(runtime: Runtime | None, args: argparse.Namespace) -> dict[str, bytes]:
    """Every secret that this command could know, by its file: they may not be in the archive."""
    folders = {STATE / "secrets", STATE / "docker" / "secrets", STATE / "docker" / "alerts"} | (
        {runtime.secret_folder()} if runtime else set()
    )
    files = {path for folder in folders for path in folder.rglob("*") if path.is_file() and path.suffix != ".crt"}
    files |= {sealing.key_file(purpose, runtime) for purpose in sealing.VARIABLES} | {changes.key_file()}
    if args.password_file:
        files.add(args.password_file)
    return {
        f"{path.name}:{number}": value
        for path in sorted(files)
        if path.is_file()
        for number, value in enumerate(_values(path.read_bytes()), 1)
    }


def _values(content: bytes) -> list[bytes]:
    try:
        parsed = json.loads(content)
    except ValueError:
        return [line.strip() for line in content.split(b"\n") if line.strip()]
    if isinstance(parsed, dict):  # passwords.json
        return [value.encode() for value in parsed.values() if isinstance(value, str)]
    return [content.strip()]


def _check(args: argparse.Namespace, keyring: Keyring) -> int:
    manifest, flaws = archive.check(args.check, keyring)
    signed = archive.signature(manifest, keyring)
    count = len(manifest["files"])
    if args.json:
        found = [{"file": flaw.path, "is": flaw.kind} for flaw in flaws]
        print(json.dumps({"whole": not flaws, "files": count, "signed": signed, "flaws": found}, indent=2))
        return int(bool(flaws))
    for flaw in flaws:
        print(f"{flaw.kind:<10} {flaw.path}")
    words = {True: "its HMAC is right", False: "its HMAC is wrong", None: "its HMAC was not checked: no key"}
    print(
        f"{args.check}: {counted(count, 'file')} of {manifest.get('from')} to {manifest.get('to')}, made "
        f"{manifest.get('made_at')}"
    )
    print(f"SHA-256 of the manifest: {hashlib.sha256(_manifest(manifest)).hexdigest()}; {words[signed]}")
    print("some files are not as the manifest says" if flaws else "all files are as the manifest says")
    return int(bool(flaws))


def _manifest(manifest: dict[str, Any]) -> bytes:
    return (json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
