"""Compares the sealed leaves of an index with its documents of now, and explains differences by lawful changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeVar

from runner.compliance.seals.changed import Change, change
from runner.compliance.seals.reading import MISPLACED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from runner.compliance.seals.leaves import Leaf
    from runner.compliance.seals.reading import Live
    from runner.compliance.seals.sorting import Pair

#: `late`: added, and first seen by the pipeline after the seal. `lawful`: changed or removed as a record says.
#: `forged`: a document with a wrong HMAC. `unsigned`: one that was added without an HMAC where its kind has one.
Kind = Literal["changed", "removed", "added", "late", "forged", "unsigned", "lawful"]
#: Kinds that are no alarm.
QUIET: Final[frozenset[Kind]] = frozenset({"late", "lawful"})
Item = TypeVar("Item")


class Difference(NamedTuple):
    """A document that is not as it was sealed. `run`: the lawful change that explains it; empty without one.

    `effect`: what happened to it, whether lawful or not.
    """

    kind: Kind
    id: str
    what: str
    effect: Literal["changed", "removed", "added"] = "added"
    run: str = ""


def differences(
    sealed: Iterator[Leaf], live: Iterator[Live], changes: Iterator[Pair], sealed_ms: int
) -> Iterator[Difference]:
    """All differences in order of `_id`. All three are sorted by it. `sealed_ms`: when the seal was made."""
    told = _Group(changes)
    leaf, now = next(sealed, None), next(live, None)
    while leaf is not None or now is not None:
        if now is None or (leaf is not None and leaf.id < now.id):
            assert leaf is not None  # noqa: S101 - for mypy: one of the two is there
            yield _removed(leaf, told.of(leaf.id))
            leaf = next(sealed, None)
        elif leaf is None or now.id < leaf.id:
            yield _added(now, told.of(now.id), sealed_ms)
            now = next(live, None)
        else:
            if leaf.digest != now.digest:
                yield _changed(leaf, now, told.of(leaf.id))
            leaf, now = next(sealed, None), next(live, None)


def unsealed(live: Iterator[Live], changes: Iterator[Pair]) -> Iterator[Difference]:
    """Documents with a wrong HMAC in an index that has no seal yet."""
    told = _Group(changes)
    for now in live:
        if now.signed in {"wrong", "unknown key"} and (wrong := _forged(now, told.of(now.id))):
            yield wrong


def _removed(leaf: Leaf, told: list[Change]) -> Difference:
    if run := explained(leaf.digest, None, told):
        return Difference("lawful", _text(leaf.id), "removed", "removed", run)
    return Difference("removed", _text(leaf.id), "it was sealed and is not there any more", "removed")


def _changed(leaf: Leaf, now: Live, told: list[Change]) -> Difference:
    if run := explained(leaf.digest, now.digest, told):
        return Difference("lawful", _text(leaf.id), "changed", "changed", run)
    what = f"sealed {leaf.digest.hex()[:16]}…, now {now.digest.hex()[:16]}…"
    return Difference(
        "changed", _text(leaf.id), what + (", a record of a change does not fit" if told else ""), "changed"
    )


def _added(now: Live, told: list[Change], sealed_ms: int) -> Difference:
    if now.signed in {"wrong", "unknown key"} and (wrong := _forged(now, told)):
        return wrong
    if now.arrived_ms == MISPLACED:
        # An HMAC does not say in which index its document is: a copy in another day's index has the right one.
        return Difference("added", _text(now.id), "its @timestamp is of another day than its index")
    if now.signed == "right":
        return Difference("late", _text(now.id), "it was added after the seal, with the right HMAC")
    if now.signed == "missing":
        return Difference("unsigned", _text(now.id), "it was added without an HMAC")
    if now.arrived_ms > sealed_ms:
        return Difference("late", _text(now.id), "its line arrived after the seal")
    what = "its line claims to have arrived before the seal" if now.arrived_ms >= 0 else "it has no time of arrival"
    return Difference("added", _text(now.id), what)


def _forged(now: Live, told: list[Change]) -> Difference | None:
    # A lawful change leaves the HMAC of what the filter wrote.
    if any(item.after == now.digest for item in told):
        return None
    what = "its HMAC is wrong" if now.signed == "wrong" else "its HMAC names a key that is not in the file of keys"
    return Difference("forged", _text(now.id), what)


def explained(before: bytes, after: bytes | None, told: Iterable[Change]) -> str:
    """The run that led from one state to the other, over any number of records; empty without one."""
    reached: dict[bytes | None, str] = {before: ""}
    for item in told:
        # A record announces. What it announced may not have happened, so both states stay possible.
        if item.before in reached:
            reached[item.after] = item.run
    return reached.get(after, "") if after != before else ""


def _text(id_: bytes) -> str:
    return id_.decode("utf-8", "replace")


class _Group:
    """The changes of one document after the other, asked for in ascending order of ids."""

    def __init__(self, pairs: Iterator[Pair]) -> None:
        self._pairs = pairs
        self._next = next(pairs, None)

    def of(self, id_: bytes) -> list[Change]:
        """The changes of a document, in the order in which they were recorded."""
        while self._next is not None and self._next[0] < id_:
            self._next = next(self._pairs, None)
        group: list[Change] = []
        while self._next is not None and self._next[0] == id_:
            group.append(change(self._next[1]))
            self._next = next(self._pairs, None)
        return group


def taking(items: Iterator[Item], look: Callable[[Item], None]) -> Iterator[Item]:
    """The items, each looked at when it passes."""
    for item in items:
        look(item)
        yield item
