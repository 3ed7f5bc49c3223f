"""Proof that a document was sealed as it is: checked with nothing else but the seal's key or a copy of the chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from generator.errors import UserError
from runner.compliance.seals import leaves, merkle, reading, record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from runner.compliance.seals.record import Seal
    from runner.host.keyring import Keyring

Json = dict[str, Any]
FORMAT: Final = "holysheep proof 1"
#: `signed`: the HMAC of the seal is right. `copied`: the seal is in the copy of the chain that was given.
Trust = Literal["signed", "copied", "unknown"]


@dataclass(frozen=True)
class Proof:
    """A document, its place among the leaves, the hashes beside its way to the root, and the seal with the root."""

    index: str
    id: str
    document: Json
    place: int
    path: tuple[str, ...]
    seal: Seal

    def as_json(self) -> Json:
        """The proof as a file has it."""
        return {
            "format": FORMAT,
            "index": self.index,
            "id": self.id,
            "document": self.document,
            "place": self.place,
            "path": list(self.path),
            "seal": self.seal.as_json(),
        }


def make(file: Path, seal: Seal, id_: str, document: Json) -> Proof | None:
    """The proof of a document; None when it is not among the leaves. UserError as `leaves.opened`."""
    place = leaves.find(file, id_.encode())
    if place is None:
        return None
    tree = merkle.Tree(place)
    with leaves.opened(file) as every:
        for leaf in every:
            tree.add(leaf.content)
    tree.root()
    return Proof(seal.index, id_, document, place, tuple(item.hex() for item in tree.path), seal)


def of(part: Any, where: str) -> Proof:  # noqa: ANN401 - any JSON
    """The proof of a JSON object. UserError when it is none."""
    try:
        if part["format"] != FORMAT:
            raise UserError(f"this is no proof of the form {FORMAT!r}", where=where)
        path = tuple(bytes.fromhex(item).hex() for item in part["path"])
        document = dict(part["document"])
        return Proof(
            str(part["index"]), str(part["id"]), document, int(part["place"]), path, record.of(part["seal"], where)
        )
    except (KeyError, TypeError, ValueError):
        raise UserError("this is no proof", where=where) from None


def flaw(proof: Proof) -> str:
    """Why the document is not the one that was sealed; empty when it is."""
    if proof.index != proof.seal.index:
        return f"the seal is that of {proof.seal.index}"
    leaf = leaves.Leaf(proof.id.encode(), reading.digest_of(proof.document))
    path = [bytes.fromhex(item) for item in proof.path]
    root = merkle.root_of_path(leaf.content, proof.place, proof.seal.documents, path)
    return "" if root is not None and root.hex() == proof.seal.root else "document and path do not lead to the root"


def trust(seal: Seal, keyring: Keyring, copies: Sequence[Seal]) -> Trust | None:
    """Why a seal may be believed; None when it is forged."""
    signed = keyring.verify(seal.key, seal.message, seal.hmac) if keyring.keys else None
    if signed is False:
        return None
    if signed:
        return "signed"
    return "copied" if any(copy == seal for copy in copies) else "unknown"
