"""Feeds log files through the Ruby filter into Elasticsearch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import UserError
from runner.lines.bulk import Bulk, Counts
from runner.lines.filter import RULES, FilterProcess, Frame
from runner.lines.lines import LogFile, frames_of, whole_frames_of
from runner.lines.opened import compression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from elasticsearch import Elasticsearch

    from runner.host.jdk import Jdk
    from runner.lines.fed import Fed


def rules_of(path: Path = RULES) -> tuple[str, str]:
    """(version, index prefix) of the rendered rules. UserError when they were not rendered."""
    try:
        rules = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise UserError("this file is missing", where=str(path), hint="run `make render`") from None
    return str(rules["version"]), str(rules["index_prefix"])


def size_of(files: Sequence[LogFile]) -> int:
    """Bytes of all the files."""
    return sum(log.path.stat().st_size for log in files)


def feed(  # noqa: PLR0913  # two of the parameters are for tests, the others are the caller's own
    files: Sequence[LogFile],
    es: Elasticsearch,
    jdk: Jdk,
    fed: Fed,
    *,
    rules: Path = RULES,
    again: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> Counts:
    """Feed the new lines of the files, or all lines with `again`. `progress` gets the number of bytes of each line.

    Raises UserError when the filter ends early or Elasticsearch takes no more documents. `fed` then has the positions
    up to which documents were confirmed.
    """
    version, prefix = rules_of(rules)
    todo = [(log, 0 if again else fed.offset(log.path)) for log in files]
    todo = [(log, offset) for log, offset in todo if offset < log.path.stat().st_size]
    reached: dict[Path, int] = {}

    def note_positions() -> None:
        for path, offset in reached.items():
            fed.note(path, offset, version)
        fed.save()
        reached.clear()

    bulk = Bulk(es, prefix, sent=note_positions)
    if not todo:
        return bulk.counts

    def frames() -> Iterator[Frame]:
        for log, offset in todo:
            yield from whole_frames_of(log) if compression(log.path) else frames_of(log, offset, stamp=True)

    with FilterProcess(jdk, rules=rules, size=size_of(files)) as running:
        for frame, documents in running.run(frames()):
            path = Path(frame.path or "")
            for number, document in enumerate(documents, 1):
                if number == len(documents):
                    # A line is finished with its last document.
                    reached[path] = frame.end
                bulk.add(document, len(frame.line) + 500)
            progress(len(frame.line) + 1)
    bulk.flush()
    return bulk.counts
