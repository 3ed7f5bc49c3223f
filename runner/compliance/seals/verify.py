"""Names every document that was changed, removed or added since its day was sealed, and every flaw of the chain."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from generator.errors import UserError
from runner.compliance.seals import chain, changed, compare, indices, leaves, merkle, reading, sorting
from runner.compliance.seals.signatures import checker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from runner.compliance.seals.chain import Flaw
    from runner.compliance.seals.compare import Difference
    from runner.compliance.seals.folder import Folder
    from runner.compliance.seals.indices import DailyIndex
    from runner.compliance.seals.reading import Tell
    from runner.compliance.seals.record import Seal
    from runner.compliance.seals.signatures import Keys

#: `whole`: as sealed, but for lawful changes and late lines. `expired`: deleted when its retention was over.
State = Literal["whole", "differs", "removed", "expired", "unsealed"]
ALARMS: Final[frozenset[State]] = frozenset({"differs", "removed"})


@dataclass
class Checked:
    """The outcome of one index. `notes`: what could not be checked."""

    index: str
    day: date
    seal: Seal | None
    state: State
    documents: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    #: Documents by the run of lawful changes that explains them.
    runs: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Scope:
    """What to verify: days from `first` to `last`, both included; `expired` says from which day on a kind is kept."""

    first: date | None
    last: date | None
    kept_from: Mapping[str, date]

    def holds(self, day: date) -> bool:
        """Whether a day is asked for."""
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)

    def holds_text(self, day: str) -> bool:
        """The same of a day as text."""
        return self.holds(date.fromisoformat(day))


@dataclass
class Verifier:
    """Verifies one chain and its indices."""

    es: Elasticsearch
    prefix: str
    folder: Folder
    keys: Keys
    scope: Scope
    tell: Tell = lambda _read, _total: None

    def chain(self, others: Sequence[Path], count: int | None, head: str | None) -> tuple[list[Seal], list[Flaw]]:
        """The seals, and what is wrong with the chain: in each copy, between them, and against what was noted."""
        files = [chain.from_file(path) for path in (*others, self.folder.chain)]
        with reading.words():
            copies = [*files, chain.from_index(self.es, self.prefix)]
        for path, copy in zip(others, files, strict=False):
            if not path.is_file():
                raise UserError("there is no such file", where=copy.where, hint="--seals takes a copy of seals.ndjson")
        seals, flaws = chain.together(copies, self.keys.seal)
        flaws += chain.expected(seals, count, head)
        last = seals[-1].number if seals else 0
        where = str(self.folder.path / "leaves")
        flaws += [
            chain.Flaw("cut off", where, number, "its list of leaves is there and its seal is not")
            for number in self.folder.leaves_beyond(last)
        ]
        empty = [copy for copy in copies[-2:] if not copy.seals] if seals else []
        # An auditor's machine has no folder of seals.
        flaws += [
            chain.Flaw("cut off", copy.where, 1, "there are no seals here, and in another copy there are")
            for copy in empty
            if copy is copies[-1] or self.folder.path.is_dir()
        ]
        return seals, flaws

    def indices(self, seals: Sequence[Seal]) -> Iterator[Checked | Difference]:
        """Each index of the scope: its differences, then its outcome."""
        latest = chain.latest(seals)
        there = {index.name: index for index in indices.existing(self.es, self.prefix)}
        sealed = {name: index for name in latest if (index := indices.parse(name, self.prefix))}
        for index in sorted((there | sealed).values()):
            if self.scope.holds(index.day):
                checked = Checked(index.name, index.day, latest.get(index.name), "whole")
                for item in self._index(index, checked, is_there=index.name in there):
                    checked.counts[item.kind] += 1
                    if item.run:
                        checked.runs[item.run] += 1
                    elif item.kind not in compare.QUIET and checked.state in {"whole", "unsealed"}:
                        checked.state = "differs"
                    yield item
                yield checked

    def _index(self, index: DailyIndex, checked: Checked, *, is_there: bool) -> Iterator[Difference]:
        if not is_there and index.day < self.scope.kept_from.get(index.kind, index.day):
            checked.state = "expired"
            return
        if not is_there:
            checked.state = "removed"
            checked.notes.append("the whole index is gone, or closed")
        with ExitStack() as stack:
            live: Iterator[reading.Live] = iter(())
            if is_there:
                check = checker(index.kind, self.keys)
                pairs = reading.pairs(self.es, index.name, index.kind, self.tell, check)
                live = map(reading.live, stack.enter_context(sorting.ordered(pairs)))
            live = compare.taking(live, lambda _: _count(checked))
            changes = stack.enter_context(sorting.ordered(self._changes(index, checked)))
            if checked.seal is None:
                checked.state = "unsealed"
                yield from compare.unsealed(live, changes)
                return
            sealed = self._leaves(stack, checked.seal, checked)
            if sealed is not None:
                since = reading.milliseconds(checked.seal.sealed_at)
                yield from compare.differences(sealed, live, changes, since)
                return
            yield from _by_root(checked.seal, live, checked)

    def _changes(self, index: DailyIndex, checked: Checked) -> Iterator[sorting.Pair]:
        def refused(record: str, why: str) -> None:
            checked.notes.append(f"the record {record} of a change explains nothing: {why}")
            checked.counts["records refused"] += 1
            checked.state = "differs"

        with reading.words():
            yield from changed.pairs(self.es, self.prefix, index.name, self.keys.change, refused)

    def _leaves(self, stack: ExitStack, seal: Seal, checked: Checked) -> Iterator[leaves.Leaf] | None:
        """The leaves of a seal; None, with a note, when they are not those that were sealed."""
        path = self.folder.leaves(seal)
        try:
            if leaves.root(path) == (seal.documents, bytes.fromhex(seal.root)):
                return stack.enter_context(leaves.opened(path))
            checked.notes.append(f"{path} is not the list of leaves that was sealed: no document can be named")
        except UserError as error:
            checked.notes.append(f"{error}: no document can be named")
        return None


def _by_root(seal: Seal, live: Iterator[reading.Live], checked: Checked) -> Iterator[Difference]:
    tree = merkle.Tree()
    for item in live:
        tree.add(leaves.Leaf(item.id, item.digest).content)
    if (tree.size, tree.root().hex()) != (seal.documents, seal.root):
        what = f"{seal.documents} documents were sealed, {tree.size} are there, and their root is another"
        checked.notes.append(what)
        checked.state = "differs"
    yield from ()


def _count(checked: Checked) -> None:
    checked.documents += 1
