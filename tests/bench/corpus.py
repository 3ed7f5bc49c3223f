"""Client lines through the real filter, as bodies of bulk requests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

from generator import card as cards
from generator import paths
from generator.errors import UserError
from runner.lines.filter import FilterProcess, Frame
from runner.runtimes.embedded import place
from tests.bench.cards import write_rules
from tests.bench.lines import SEED, client
from tests.bench.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PATH: Final = "/var/log/holysheep/api_requests.log"
HOST: Final = "gateway-1"
#: Filebeat ships a line within that many seconds of its writing.
ARRIVES_WITHIN_S: Final = 5.0


@dataclass(frozen=True)
class Corpus:
    """A file of `create` actions and documents in turns, all for one index."""

    path: Path
    index: str
    documents: int
    raw_bytes: int

    def bodies(self, documents: int) -> Iterator[list[bytes]]:
        """The file in pieces of so many documents."""
        with self.path.open("rb") as file:
            while lines := [line.rstrip(b"\n") for line in _take(file, 2 * documents)]:
                yield lines


def make(folder: Path, count: int, progress: Callable[[int], None]) -> Corpus:
    """The api documents of so many client lines, with the host's name that Filebeat would have added."""
    rules = write_rules(folder / "rules.json", len(cards.load(paths.PRICING).models))
    path, index, document_count, raw = folder / "documents.ndjson", "", 0, 0
    with path.open("wb") as out, FilterProcess(place.chosen().jdk, rules=rules) as process:
        for frame, documents in process.run(_frames(count)):
            raw += len(frame.line) + 1
            progress(1)
            for document in documents:
                if "-api-" not in document["_index"]:
                    continue
                index = index or document["_index"]
                if document["_index"] != index:
                    raise UserError(f"two days among the lines: {index}, {document['_index']}", where="tests/bench")
                source = {**document["_source"], "host": {"name": HOST}}
                action = {"create": {"_id": document["_id"]}}
                out.write(json.dumps(action).encode() + b"\n")
                out.write(json.dumps(source, separators=(",", ":"), ensure_ascii=False).encode() + b"\n")
                document_count += 1
    if document_count != count:
        raise UserError(f"{count} lines gave {document_count} documents for the api index", where="tests/bench")
    return Corpus(path, index, document_count, raw)


def _frames(count: int) -> Iterator[Frame]:
    traffic = Traffic(SEED, per_day=count)
    for _ in range(count):
        call = traffic.call()
        seen = call.at + call.ms / 1000 + traffic.random.uniform(0, ARRIVES_WITHIN_S)
        yield Frame(client(call, traffic).encode(), "client", int(seen * 1000), PATH)


def _take(file: IO[bytes], lines: int) -> Iterator[bytes]:
    for _ in range(lines):
        line = file.readline()
        if not line:
            return
        yield line
