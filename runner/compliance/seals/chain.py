"""The chain of seals: read from a file or an index, and checked link by link."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from elasticsearch import NotFoundError

from generator.errors import UserError
from runner.compliance.seals import record
from runner.compliance.seals.record import FIRST, Seal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from runner.host.keyring import Keyring

Json = dict[str, Any]
#: The kind of index that holds the seals.
INDEX: Final = "seals"
#: Seals a page.
_PAGE: Final = 1000
#: Seconds that a search may take to find what was written, and between two looks.
_FOUND_S: Final = 10.0
_LOOK_S: Final = 0.1
Broken = Literal["unreadable", "forged", "unknown key", "broken link", "missing", "out of order", "twice", "cut off"]


@dataclass(frozen=True)
class Flaw:
    """Something wrong with a chain. `number`: the seal's; 0 where it has none."""

    kind: Broken
    where: str
    number: int
    what: str


@dataclass
class Copy:
    """One copy of the chain, in the order in which it is kept, with what could not be read."""

    where: str
    seals: list[Seal] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)


def from_file(path: Path) -> Copy:
    """The seals of a file, line by line; none when it is missing. UserError when it can't be read."""
    copy = Copy(str(path))
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except FileNotFoundError:
        return copy
    except OSError as error:
        raise UserError(f"can't be read: {error.strerror}", where=str(path)) from None
    if lines[-1]:
        copy.flaws.append(Flaw("cut off", str(path), 0, "the last line has no end: the file was cut off"))
    for number, line in enumerate(lines, 1):
        if line:
            _take(copy, lambda line=line, number=number: record.parse(line, f"{path}:{number}"))
    return copy


def from_index(es: Elasticsearch, prefix: str) -> Copy:
    """The seals of the index kind `seals`, in order of their number. Raises ApiError and TransportError."""
    pattern = f"{prefix}-{INDEX}-*"
    copy = Copy(f"index {pattern}")
    page: Json = {"index": pattern, "size": _PAGE, "sort": ["seal.number", "seal.hmac"]}
    page |= {"ignore_unavailable": True, "allow_no_indices": True}
    while hits := es.search(**page)["hits"]["hits"]:
        for hit in hits:
            where = f"{hit['_index']}/{hit['_id']}"
            _take(copy, lambda hit=hit, where=where: record.of(hit["_source"].get("seal"), where))
        page["search_after"] = hits[-1]["sort"]
    return copy


def _take(copy: Copy, read: Any) -> None:  # noqa: ANN401 - a function without arguments
    try:
        copy.seals.append(read())
    except UserError as error:
        copy.flaws.append(Flaw("unreadable", str(error.where), 0, error.what))


def check(copy: Copy, keyring: Keyring) -> Iterator[Flaw]:
    """Everything that is wrong with one copy: order, gaps, doubles, links and HMACs."""
    yield from copy.flaws
    by_number: dict[int, Seal] = {}
    before = 0
    for seal in copy.seals:
        if seal.number in by_number:
            yield Flaw("twice", copy.where, seal.number, "another seal has the same number")
            continue
        if seal.number < before:
            yield Flaw("out of order", copy.where, seal.number, f"it stands behind seal {before}")
        before = max(before, seal.number)
        by_number[seal.number] = seal
    for number in range(1, max(by_number, default=0) + 1):
        seal_ = by_number.get(number)
        if seal_ is None:
            yield Flaw("missing", copy.where, number, "seals after it are there, this one was removed")
            continue
        yield from _of_seal(copy.where, seal_, by_number.get(number - 1), keyring)


def _of_seal(where: str, seal: Seal, before: Seal | None, keyring: Keyring) -> Iterator[Flaw]:
    if keyring.keys:
        signed = keyring.verify(seal.key, seal.message, seal.hmac)
        if signed is None:
            yield Flaw("unknown key", where, seal.number, f"the key {seal.key} is not in the file of keys")
        elif not signed:
            yield Flaw("forged", where, seal.number, "its HMAC is wrong: it was edited, or made without the key")
    expected = FIRST if seal.number == 1 else before.hash if before else None
    if expected is not None and seal.previous != expected:
        what = f"its hash of the seal before is not that of seal {seal.number - 1}"
        yield Flaw("broken link", where, seal.number, what if seal.number > 1 else "it names a seal before the first")


def together(copies: Sequence[Copy], keyring: Keyring) -> tuple[list[Seal], list[Flaw]]:
    """One chain out of several copies, the first copy preferred, and what is wrong with each and between them.

    A seal that fails its HMAC in one copy is taken from another where it is right.
    """
    flaws = [flaw for copy in copies for flaw in check(copy, keyring)]
    bad = {(flaw.where, flaw.number) for flaw in flaws if flaw.kind in {"forged", "broken link"}}
    chosen: dict[int, Seal] = {}
    for trusted in (True, False):
        for copy in copies:
            for seal in copy.seals:
                if ((copy.where, seal.number) not in bad) == trusted:
                    chosen.setdefault(seal.number, seal)
    flaws += _between([copy for copy in copies if copy.seals], chosen)
    return [chosen[number] for number in sorted(chosen)], flaws


def _between(copies: Iterable[Copy], chosen: dict[int, Seal]) -> Iterator[Flaw]:
    for copy in copies:
        here = {seal.number: seal for seal in copy.seals}
        last = max(here)
        for number, seal in sorted(chosen.items()):
            if number > last:
                yield Flaw("cut off", copy.where, number, "another copy has this seal, here the chain ends before it")
            elif number in here and here[number] != seal:
                yield Flaw("forged", copy.where, number, "it is not the same as in another copy")


def expected(seals: Sequence[Seal], count: int | None, head: str | None) -> Iterator[Flaw]:
    """Compare a chain with what a person noted: how many seals there were, and the hash of the last one."""
    last = seals[-1].number if seals else 0
    if count is not None and last < count:
        yield Flaw("cut off", "the chain", count, f"{count} seals were noted and the last one here is {last}")
    if head is not None and head not in {seal.hash for seal in seals}:
        yield Flaw("cut off", "the chain", 0, f"no seal has the noted hash {head}")


def put(es: Elasticsearch, prefix: str, seal: Seal) -> None:
    """Write a seal into the index, unless it is there. Raises ApiError and TransportError."""
    index = f"{prefix}-{INDEX}-{seal.sealed_at[:10].replace('-', '.')}"
    id_ = f"seal-{seal.number:09d}"
    try:
        es.get(index=index, id=id_, source=False)
    except NotFoundError:
        es.create(index=index, id=id_, document={"@timestamp": seal.sealed_at, "seal": seal.as_json()})


def wait_until_found(es: Elasticsearch, prefix: str, number: int) -> None:
    """Return when searches find a seal: a check right after it would say that the chain is cut off.

    Nobody who seals or verifies may refresh an index; Elasticsearch does it every second. Raises as `put` does.
    """
    until = time.monotonic() + _FOUND_S
    query = {"term": {"seal.number": number}}
    while not es.count(index=f"{prefix}-{INDEX}-*", query=query)["count"] and time.monotonic() < until:
        time.sleep(_LOOK_S)


def latest(seals: Iterable[Seal]) -> dict[str, Seal]:
    """The seal in force of each index."""
    return {seal.index: seal for seal in seals}
