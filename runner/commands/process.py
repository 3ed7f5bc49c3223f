"""`process`: prints the documents that the rendered rules and the real filter make of log lines."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from runner.commands.pace import Pace
from runner.host.jdk import choose, find
from runner.lines.filter import FilterProcess, Frame
from runner.lines.lines import LogFile, expand, frames_of, joined, read_lines, source_names
from runner.lines.opened import ENDINGS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator


def add_parser(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`process [--source NAME] [FILE…]`."""
    parser = sub.add_parser(
        "process",
        help="show the documents that log lines become; needs no Elasticsearch",
        description="Runs raw log lines through the rendered rules and the real Ruby filter, and prints one JSON "
        'object a document, in input order: {"_index": …, "_id": …, "_source": {…}}.',
    )
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="log files or folders [- for standard input]"
    )
    parser.add_argument(
        "--source",
        choices=source_names(),
        help="the source of the lines; default: by the file's name as Filebeat does it, else by each line",
    )
    parser.add_argument(
        "--explain",
        metavar="LINE",
        help="explain one line: its source, the keys of that source, the mapped values, the values left over",
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Exit code 0. Every line gives one document or more; a rejected line gives a document with the reason."""
    if args.explain is not None:
        return _explain(args.explain, args.source)
    paths = args.files or [Path("-")]
    files = [log for path in paths for log in ([None] if str(path) == "-" else expand([path]))]
    size = None if None in files else sum(log.path.stat().st_size for log in files if log)

    packed = any(log and log.path.suffix in ENDINGS for log in files)
    pace = Pace("process", None if packed else size)

    def frames() -> Iterator[Frame]:
        for log in files:
            for frame in _stdin(args.source) if log is None else _file(log, args.source):
                pace.add(len(frame.line) + 1)
                yield frame

    with FilterProcess(choose(find()).jdk, size=size) as running:
        for _, documents in running.run(frames()):
            for document in documents:
                # The output is UTF-8 whatever the locale is; an unpaired surrogate is written as its escape.
                text = json.dumps(document, ensure_ascii=False) + "\n"
                sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
            # Flushed after each line, since the lines may come from `tail -f`.
            sys.stdout.buffer.flush()
    pace.end()
    return 0


def _explain(line: str, source: str | None) -> int:
    """Print each record of the line as a paragraph, then the documents."""
    from runner.lines.explain import explain  # noqa: PLC0415  # it reads every source's YAML, which takes long

    if isinstance(sys.stdout, io.TextIOWrapper):
        # A byte that is no UTF-8, or half of a surrogate pair, is shown as its escape.
        sys.stdout.reconfigure(errors="backslashreplace")
    records = explain(line, source)
    if not line.strip():
        print("an empty line")
    elif records is None:
        print("not a JSON object: the source is detected by the line's format, or named by the file's folder")
        if source is None:
            print("  --source NAME explains rows and texts, too: `holysheep-elk sources` lists the names")
    for record in records or []:
        words = "the keys " if line.lstrip().startswith("{") else ""
        by = f", by {words}{', '.join(record.by)}" if record.by else ""
        print(f"source: {record.source}{by}" if record.source else "source: no source has these keys")
        for slot, (path, value) in sorted(record.mapped.items()):
            print(f"  {slot:<18} {path} = {value}")
        print(f"  left over: {', '.join(record.left_over) or 'no value'}")
    with FilterProcess(choose(find()).jdk) as running:
        for _, documents in running.run([Frame(os.fsencode(line), source)]):
            for document in documents:
                print(f"document in {document['_index']}, _id {document['_id']}:")
                print(json.dumps(document["_source"], ensure_ascii=False, indent=1))
    return 0


def _file(log: LogFile, source: str | None) -> Iterator[Frame]:
    return frames_of(LogFile(log.path, source or log.source), stamp=False)


def _stdin(source: str | None) -> Iterator[Frame]:
    log = LogFile(Path("-"), source)
    lines = read_lines(sys.stdin.buffer)
    for line, end in joined(lines, log.multiline) if log.multiline else lines:
        yield Frame(line, source, end=end)
