"""Feeds log files through the Ruby filter into Elasticsearch."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.files import read_json
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
    rules = _read(path)
    return str(rules["version"]), str(rules["index_prefix"])


def user_ids(path: Path = RULES) -> str:
    """How user ids are stored by the rendered rules: keep or hmac. UserError when they were not rendered."""
    return str(_read(path)["keep"].get("user_ids", "keep"))


def _read(path: Path) -> dict[str, Any]:
    rules: dict[str, Any] = read_json(path, "run `make render`")
    return rules


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
    positions = Positions(fed, version)
    bulk = Bulk(es, prefix, sent=positions.save)
    unread = _unread(files, fed, again=again)
    if not unread:
        return bulk.counts
    with FilterProcess(jdk, rules=rules, size=size_of(files)) as running:
        for frame, documents in running.run(_frames(unread)):
            for number, document in enumerate(documents, 1):
                if number == len(documents):
                    # A line is finished with its last document.
                    positions.reached(frame)
                bulk.add(document, len(frame.line) + 500)
            progress(len(frame.line) + 1)
    bulk.flush()
    return bulk.counts


@dataclass
class Positions:
    """How far each file's lines were handed to Elasticsearch. `save` notes it, after Elasticsearch has confirmed."""

    fed: Fed
    version: str
    _offsets: dict[Path, int] = field(default_factory=dict)

    def reached(self, frame: Frame) -> None:
        """The last document of a frame is handed over."""
        self._offsets[Path(frame.path or "")] = frame.end

    def save(self) -> None:
        """Note the positions in the file of `Fed`."""
        for path, offset in self._offsets.items():
            self.fed.note(path, offset, self.version)
        self.fed.save()
        self._offsets.clear()


def _unread(files: Sequence[LogFile], fed: Fed, *, again: bool) -> list[tuple[LogFile, int]]:
    """(file, offset of its first unread line) for each file that is not read to its end."""
    starts = [(log, 0 if again else fed.offset(log.path)) for log in files]
    return [(log, offset) for log, offset in starts if offset < log.path.stat().st_size]


def _frames(unread: Sequence[tuple[LogFile, int]]) -> Iterator[Frame]:
    for log, offset in unread:
        yield from whole_frames_of(log) if compression(log.path) else frames_of(log, offset, stamp=True)
