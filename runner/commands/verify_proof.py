"""`verify --id` and `verify --proof`: one document alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from generator.errors import UserError
from runner.commands import sealing
from runner.compliance.seals import chain, changed, compare, indices, leaves, proof, reading
from runner.compliance.seals.signatures import checker
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
Json = dict[str, Any]


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


def _documents(verifier: Verifier, id_: str) -> dict[str, Json]:
    """The documents with this `_id` by index."""
    with reading.words():
        answer = verifier.es.search(
            index=f"{verifier.prefix}-*", query={"ids": {"values": [id_]}}, size=1000, ignore_unavailable=True
        )
    return {hit["_index"]: hit["_source"] for hit in answer["hits"]["hits"]}


def _one(
    verifier: Verifier, seal: Seal | None, id_: str, name: str, document: Json | None
) -> tuple[Row | None, proof.Proof | None]:
    index = indices.parse(name, verifier.prefix)
    if index is None:
        return None, None
    row: Row = {"index": name, "id": id_, "seal": seal.number if seal else None}
    signed = checker(index.kind, verifier.keys)(id_, document) if document else "none"
    if seal is None:
        wrong = signed in {"wrong", "unknown key"}
        what = "its HMAC is wrong, and its day has no seal yet" if wrong else "its day has no seal yet"
        return row | {"is": "forged" if wrong else "unsealed", "what": what}, None
    made = proof.make(verifier.folder.leaves(seal), seal, id_, document or {})
    if made is None and document is None:
        return None, None
    now = None if document is None else _live(id_, document, signed)
    item = _difference(verifier, seal, made, now)
    if item:
        return row | {"is": item.kind, "what": item.what, "run": item.run or None}, None
    return row | {"is": "whole", "what": f"as sealed at {seal.sealed_at}"}, made


def _live(id_: str, document: Json, signed: reading.Signed) -> reading.Live:
    return reading.Live(id_.encode(), reading.digest_of(document), signed, reading.arrived_ms(document))


def _difference(
    verifier: Verifier, seal: Seal, made: proof.Proof | None, now: reading.Live | None
) -> compare.Difference | None:
    """How the document differs from its leaf, as `verify` of the whole day says it; None when it does not."""
    path = verifier.folder.leaves(seal)
    leaf = [leaves.Leaf(made.id.encode(), leaves.digest_at(path, made.place))] if made else []
    id_ = leaf[0].id if leaf else now.id if now else b""
    with reading.words():
        pairs = changed.pairs(verifier.es, verifier.prefix, seal.index, verifier.keys.change, lambda *_: None)
        told = iter([pair for pair in pairs if pair[0] == id_])
        since = reading.milliseconds(seal.sealed_at)
        return next(compare.differences(iter(leaf), iter([now] if now else []), told, since), None)


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
    bad = any(row["is"] not in {"whole", "unsealed", "lawful", "late"} for row in rows)
    if args.json:
        print(json.dumps({"whole": not bad, "documents": rows}, indent=2, ensure_ascii=False))
    else:
        for row in rows:
            print(f"{row['is']:<13} {row['index']}  {row['id']}  {row['what']}")
        if note:
            print(note)
    return int(bad)
