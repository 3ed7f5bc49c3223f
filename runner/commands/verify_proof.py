"""`verify --id` and `verify --proof`: one document alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from generator.errors import UserError
from runner.commands import sealing
from runner.compliance.seals import chain, changed, compare, leaves, proof, reading
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from runner.compliance.seals.record import Seal
    from runner.compliance.seals.verify import Verifier
    from runner.host.keyring import Keyring

_TRUST: Final = {
    "signed": "the HMAC of its seal is right",
    "copied": "its seal is in the copy of the chain",
    "unknown": "its seal was NOT checked: give the key (HOLYSHEEP_SEAL_KEY_FILE) or a copy of the chain (--seals)",
}
Row = dict[str, Any]


def single(args: argparse.Namespace, verifier: Verifier) -> int:
    """Find a document, check it against its seals, and write its proofs."""
    seals, flaws = verifier.chain(args.seals, args.count, args.head)
    forged = {flaw.number for flaw in flaws if flaw.kind == "forged"}
    proofs: list[proof.Proof] = []
    rows: list[Row] = []
    documents = _documents(verifier, args.id)
    latest = {name: seal for name, seal in chain.latest(seals).items() if verifier.scope.holds_text(seal.day)}
    for name in sorted(documents.keys() | latest.keys()):
        row, made = _one(verifier, latest.get(name), args.id, name, documents.get(name))
        if row is None:
            continue
        if made and made.seal.number in forged:
            row |= {"is": "forged", "what": f"seal {made.seal.number} is forged"}
        elif made:
            proofs.append(made)
        rows.append(row)
    if not rows:
        raise UserError(f"no document and no seal has the id {args.id!r}", hint="write the `_id`, not event.id")
    if args.out:
        if not proofs:
            raise UserError("there is nothing to prove: the document is not as it was sealed", where="--id")
        text = json.dumps({"proofs": [item.as_json() for item in proofs]}, indent=2, ensure_ascii=False)
        args.out.write_text(text + "\n", encoding="utf-8")
    return _say(args, rows, f"wrote {args.out}" if args.out else "")


def _documents(verifier: Verifier, id_: str) -> dict[str, dict[str, Any]]:
    """The documents with this `_id` by index."""
    with reading.words():
        answer = verifier.es.search(
            index=f"{verifier.prefix}-*", query={"ids": {"values": [id_]}}, size=1000, ignore_unavailable=True
        )
    return {hit["_index"]: hit["_source"] for hit in answer["hits"]["hits"]}


def _one(
    verifier: Verifier, seal: Seal | None, id_: str, name: str, document: dict[str, Any] | None
) -> tuple[Row | None, proof.Proof | None]:
    row: Row = {"index": name, "id": id_, "seal": seal.number if seal else None}
    if seal is None:
        return row | {"is": "unsealed", "what": "its day has no seal yet"}, None
    made = proof.make(verifier.folder.leaves(seal), seal, id_, document or {})
    if made is None:
        return (row | {"is": "added", "what": "it is not among the sealed documents"} if document else None), None
    if run := _lawful(verifier, name, made, document):
        return row | {"is": "lawful", "what": f"{'changed' if document else 'removed'} by {run}", "run": run}, None
    if document is None:
        return row | {"is": "removed", "what": "it was sealed and is not there any more"}, None
    if why := proof.flaw(made):
        return row | {"is": "changed", "what": f"it is not as it was sealed ({why})"}, None
    return row | {"is": "whole", "what": f"as sealed at {seal.sealed_at}"}, made


def _lawful(verifier: Verifier, name: str, made: proof.Proof, document: dict[str, Any] | None) -> str:
    """The run that explains why a document is not as it was sealed; empty when it is, or nothing explains it."""
    before = leaves.digest_at(verifier.folder.leaves(made.seal), made.place)
    now = reading.digest_of(document) if document is not None else None
    if before == now:
        return ""
    key = made.id.encode()
    with reading.words():
        pairs = changed.pairs(verifier.es, verifier.prefix, name, verifier.keys.change, lambda *_: None)
        return compare.explained(before, now, [changed.change(value) for id_, value in pairs if id_ == key])


def check(args: argparse.Namespace) -> int:
    """Check the proofs of a file. Nothing else is read but the key and the copies of the chain."""
    ring = sealing.keys(choose.remembered()).seal
    copies = [seal for path in args.seals for seal in chain.from_file(path).seals]
    rows = [_checked(item, ring, copies) for item in _proofs(args.proof)]
    return _say(args, rows, "")


def _checked(item: proof.Proof, ring: Keyring, copies: list[Seal]) -> Row:
    row: Row = {"index": item.index, "id": item.id, "seal": item.seal.number}
    if why := proof.flaw(item):
        return row | {"is": "changed", "what": why}
    trust = proof.trust(item.seal, ring, copies)
    if trust is None:
        return row | {"is": "forged", "what": "the HMAC of its seal is wrong"}
    what = f"as sealed at {item.seal.sealed_at}; {_TRUST[trust]}"
    return row | {"is": "whole" if trust != "unknown" else "unknown seal", "what": what}


def _proofs(path: Path) -> list[proof.Proof]:
    try:
        parts = json.loads(path.read_text(encoding="utf-8"))["proofs"]
        return [proof.of(part, str(path)) for part in parts]
    except OSError as error:
        raise UserError(f"can't be read: {error.strerror}", where=str(path)) from None
    except (ValueError, KeyError, TypeError):
        raise UserError("this is no file of proofs, or it was cut off", where=str(path)) from None


def _say(args: argparse.Namespace, rows: list[Row], note: str) -> int:
    bad = any(row["is"] not in {"whole", "unsealed", "lawful"} for row in rows)
    if args.json:
        print(json.dumps({"whole": not bad, "documents": rows}, indent=2, ensure_ascii=False))
    else:
        for row in rows:
            print(f"{row['is']:<13} {row['index']}  {row['id']}  {row['what']}")
        if note:
            print(note)
    return int(bad)
