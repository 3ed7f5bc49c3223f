"""Seals the closed days: reads every document of an index, and writes its Merkle root as the next link of the chain."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from generator.errors import UserError
from runner.compliance.seals import chain, changed, compare, indices, leaves, reading, sorting
from runner.compliance.seals.leaves import Leaf
from runner.compliance.seals.record import FIRST, Seal
from runner.compliance.seals.signatures import checker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elasticsearch import Elasticsearch

    from runner.compliance.seals.compare import Difference
    from runner.compliance.seals.folder import Folder
    from runner.compliance.seals.indices import DailyIndex
    from runner.compliance.seals.reading import Live, Tell
    from runner.compliance.seals.signatures import Keys

#: Differences of one index that are kept to be shown; all of them are counted.
SHOWN: Final = 1000
_BROKEN: Final = "`holysheep-elk verify` names all; docs/seals.md says how to put it right"


@dataclass(frozen=True)
class Order:
    """What to seal. `day`: that day alone. `accepted`: the reason to seal what nothing explains; empty for not to."""

    now: datetime
    by: str
    day: date | None = None
    grace: timedelta = timedelta(hours=6)
    accepted: str = ""


@dataclass
class Result:
    """What became of one index. `seal` is None when nothing was sealed: it is as it was, or `alarms` says why not."""

    index: str
    documents: int
    seal: Seal | None = None
    alarms: list[Difference] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


@dataclass
class Sealer:
    """Seals indices one after the other."""

    es: Elasticsearch
    prefix: str
    folder: Folder
    keys: Keys
    order: Order
    tell: Tell = lambda _read, _total: None
    #: Numbers of seals that were missing in the index and were written again.
    restored: list[int] = field(default_factory=list)
    _seals: list[Seal] = field(default_factory=list)

    def run(self) -> Iterator[Result]:
        """Seal what is closed and was written to since its last seal; the results as they come.

        UserError when the chain so far is not whole.
        """
        with self.folder.locked():
            self._seals = self._chain()
            latest = chain.latest(self._seals)
            seen = self.folder.seen()
            now = indices.states(self.es, self.prefix)
            written = max(self.restored, default=0)
            for index in self._wanted():
                state = now.get(index.name)
                if state and seen.get(index.name) == state and index.name in latest:
                    continue
                result = self._seal(index, latest.get(index.name))
                if not result.alarms and state:
                    self.folder.see(seen := seen | {index.name: state})
                written = result.seal.number if result.seal else written
                yield result
            if written:
                with reading.words():
                    chain.wait_until_found(self.es, self.prefix, written)

    def _wanted(self) -> list[DailyIndex]:
        every = indices.existing(self.es, self.prefix)
        if self.order.day is None:
            return [index for index in every if indices.is_closed(index, self.order.now, self.order.grace)]
        wanted = [index for index in every if index.day == self.order.day]
        if not all(indices.is_closed(index, self.order.now, timedelta(0)) for index in wanted):
            raise UserError(f"{self.order.day} is not over yet (UTC)", where="--day")
        return wanted

    def _chain(self) -> list[Seal]:
        """The chain so far, the same in file and index afterwards. UserError when it is broken."""
        file, index = chain.from_file(self.folder.chain), chain.from_index(self.es, self.prefix)
        # A seal that is missing in the index alone is written again, and that is told.
        gaps = {"missing"} if file.seals else set()
        flaws = [*chain.check(file, self.keys.seal)]
        flaws += [flaw for flaw in chain.check(index, self.keys.seal) if flaw.kind not in gaps]
        if flaws:
            flaw = flaws[0]
            what = f"seal {flaw.number}: {flaw.what}" if flaw.number else flaw.what
            raise UserError(f"the chain is broken ({what})", where=flaw.where, hint=_BROKEN)
        if not file.seals and index.seals:
            self.folder.append(index.seals)
            return index.seals
        by_number = {seal.number: seal for seal in file.seals}
        if any(by_number.get(seal.number) != seal for seal in index.seals):
            what = "the file and the index do not have the same seals"
            raise UserError(what, where=str(self.folder.chain), hint=_BROKEN)
        for seal in file.seals:
            if seal not in index.seals:
                chain.put(self.es, self.prefix, seal)
                self.restored.append(seal.number)
        return file.seals

    def _seal(self, index: DailyIndex, before: Seal | None) -> Result:
        number = self._seals[-1].number + 1 if self._seals else 1
        draft = Seal(number, index.name, index.day.isoformat(), "", 0, "", "")
        with leaves.Writer(self.folder.leaves(draft)) as writer:
            result, runs = self._compared(index, before, writer)
            root = writer.tree.root().hex()
            result.documents = writer.tree.size
            same = before is not None and (before.documents, before.root) == (writer.tree.size, root)
            if same or (result.alarms and not self.order.accepted):
                return result
            moment = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
            seal = Seal(
                **_part(draft),
                sealed_at=moment,
                documents=writer.tree.size,
                root=root,
                previous=self._seals[-1].hash if self._seals else FIRST,
                replaces=before.number if before else 0,
                added=result.counts["added"] if before else 0,
                changed=result.counts["changed"],
                removed=result.counts["removed"],
                runs=tuple(sorted(runs)),
                accepted=self.order.accepted if result.alarms else "",
                by=self.order.by,
            ).signed(self.keys.seal)
            writer.keep()
        self.folder.append([seal])
        with reading.words():
            chain.put(self.es, self.prefix, seal)
        self._seals.append(seal)
        result.seal, result.alarms = seal, []
        return result

    def _compared(self, index: DailyIndex, before: Seal | None, writer: leaves.Writer) -> tuple[Result, set[str]]:
        """Write the leaves of now, and compare them with the ones of the seal before."""
        result, runs = Result(index.name, 0), set[str]()
        with ExitStack() as stack:
            pairs = reading.pairs(self.es, index.name, index.kind, self.tell, checker(index.kind, self.keys))
            live = map(reading.live, stack.enter_context(sorting.ordered(pairs)))
            passing = compare.taking(live, lambda item: writer.add(Leaf(item.id, item.digest)))
            records = changed.pairs(self.es, self.prefix, index.name, self.keys.change, lambda *_: None)
            changes = stack.enter_context(sorting.ordered(records))
            for item in self._differences(stack, before, passing, changes):
                result.counts[item.effect] += 1
                if item.run:
                    runs.add(item.run)
                elif item.kind not in compare.QUIET and len(result.alarms) < SHOWN:
                    result.alarms.append(item)
        return result, runs

    def _differences(
        self, stack: ExitStack, before: Seal | None, live: Iterator[Live], changes: Iterator[sorting.Pair]
    ) -> Iterator[Difference]:
        if before is None:
            return compare.unsealed(live, changes)
        path = self.folder.leaves(before)
        if leaves.root(path) != (before.documents, bytes.fromhex(before.root)):
            what = f"the list of leaves is not that of seal {before.number}"
            raise UserError(what, where=str(path), hint="put it back from your copy of the folder")
        sealed = stack.enter_context(leaves.opened(path))
        return compare.differences(sealed, live, changes, reading.milliseconds(before.sealed_at))


def _part(draft: Seal) -> dict[str, Any]:
    return {"number": draft.number, "index": draft.index, "day": draft.day}
