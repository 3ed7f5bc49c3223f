"""Documents a second of `seal` and `verify` over one day's calls, and ten million leaves in bounded memory."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from generator import card as cards
from generator import paths
from generator.errors import UserError
from runner.compliance.seals import leaves, sorting
from runner.compliance.seals.folder import Folder
from runner.compliance.seals.leaves import Leaf
from runner.compliance.seals.sealing import Order, Sealer
from runner.compliance.seals.signatures import Keys
from runner.compliance.seals.verify import Scope, Verifier
from runner.host import keyring
from tests.bench import corpus, memory, node
from tests.bench.answers_bench import DOCUMENTS, index

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elasticsearch import Elasticsearch
    from rich.progress import Progress

#: Leaves that are sorted on disk, hashed and written; no Elasticsearch is asked for them.
LEAVES: Final = 10_000_000


def run(progress: Progress) -> dict[str, Any]:
    """Leaves, then a day. BENCH_DOCS and BENCH_LEAVES: another number of them."""
    count, wanted = _number("BENCH_LEAVES", LEAVES), _number("BENCH_DOCS", DOCUMENTS)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        sorted_leaves = _leaves(folder, count, progress)
        task = progress.add_task("seals: lines through the filter", total=wanted)
        known = corpus.make(folder, wanted, lambda done: progress.advance(task, done))
        with node.running(lambda text: progress.console.print(f"  {text}", highlight=False)) as es:
            index(es, known, progress, "seals")
            return {"leaves": sorted_leaves, "documents": known.documents, **_seals(es, folder)}


def _number(name: str, default: int) -> int:
    wanted = os.environ.get(name, str(default)).replace("_", "")
    if not wanted.isdigit() or not int(wanted):
        raise UserError(f"{name}={wanted} is no number")
    return int(wanted)


def _leaves(folder: Path, count: int, progress: Progress) -> dict[str, Any]:
    """Ids in random order, as hashes are."""
    task = progress.add_task("seals: leaves", total=count)

    def pairs() -> Iterator[sorting.Pair]:
        for number in range(count):
            digest = hashlib.sha256(b"%d" % number).digest()
            if number % 10_000 == 0:
                progress.advance(task, min(10_000, count))
            yield digest.hex()[:12].encode(), digest

    before = memory.peak_mib()
    memory.forget()
    start = time.perf_counter()
    with sorting.ordered(pairs()) as ordered, leaves.Writer(folder / "bench.leaves") as writer:
        for id_, digest in ordered:
            writer.add(Leaf(id_, digest))
        writer.tree.root()
    seconds = time.perf_counter() - start
    return {"count": count, "seconds": round(seconds, 2), "peak_mib": memory.peak_mib(), "peak_mib_before": before}


def _seals(es: Elasticsearch, folder: Path) -> dict[str, Any]:
    prefix = cards.load(paths.PRICING).index_prefix
    keys, place = Keys(seal=keyring.made(folder / "secrets" / "seal_key")), Folder(folder / "seals")
    memory.forget()
    start = time.perf_counter()
    (result,) = Sealer(es, prefix, place, keys, Order(datetime.now(UTC), "bench")).run()
    sealed = {"seconds": round(time.perf_counter() - start, 2), "peak_mib": memory.peak_mib()}
    verifier = Verifier(es, prefix, place, keys, Scope(None, None, {}))
    memory.forget()
    start = time.perf_counter()
    seals, flaws = verifier.chain([], None, None)
    checked = list(verifier.indices(seals))
    verified = {"seconds": round(time.perf_counter() - start, 2), "peak_mib": memory.peak_mib()}
    if result.seal is None or flaws or len(checked) != 1:
        raise UserError(f"the bench's day was not sealed or is not whole: {result.alarms[:1]} {flaws}")
    return {"seal": sealed, "verify": verified}
