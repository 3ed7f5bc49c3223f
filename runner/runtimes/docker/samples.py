"""Feeds log files through the real inputs: a copy in the folder that Filebeat reads, or HTTPS to the webhook."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import ssl
from typing import TYPE_CHECKING, Final

from generator.errors import UserError
from generator.files import read_json
from generator.registry.sources import load_sources
from runner.host.files import PUBLIC, replacing, write_whole
from runner.lines.opened import opened
from runner.runtimes.docker import secrets, settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from runner.lines.lines import LogFile
    from runner.runtime import Tell

#: Bytes of a body: far below the webhook's limit, so that sending a refused body again costs little.
BODY: Final = 256 * 1024
#: Bytes that are copied at once.
PART: Final = 1024 * 1024
WEBHOOK: Final = "webhook"
FED: Final = settings.FOLDER / "fed.json"


def feed(logs: Iterable[LogFile], tell: Tell, *, again: bool) -> tuple[int, int]:
    """Feed log files. A file that was fed before is skipped, unless `again`.

    With `again` Filebeat gets a new copy in place of the old one. It knows files by inode, so it reads the new copy
    from the first line; documents that are there already are not stored twice.

    Returns (number of files that were copied for Filebeat, number of bodies that were sent to the webhook).
    """
    fed: set[str] = (
        set(read_json(FED, "delete it: files that Filebeat has are then given to it again, and stored once"))
        if FED.is_file()
        else set()
    )
    copied = sent = 0
    for log in logs:
        tell(log.path.stat().st_size)
        mark = f"{log.source}:{hashlib.sha256(log.path.read_bytes()).hexdigest()}"
        if mark in fed and not again:
            continue
        if log.source == WEBHOOK:
            for body in bodies(log.path):
                post(body)
                sent += 1
        else:
            place(log.path, log.source)
            copied += 1
        fed.add(mark)
        write_whole(FED, json.dumps(sorted(fed), indent=1) + "\n")
    return copied, sent


def place(path: Path, source: str | None) -> Path:
    """Copy a log file to the folder in which Filebeat's input of the source looks. Returns the path of the copy.

    The copy ends in a line feed. Filebeat waits for the end of a last line without one, and would never read it.
    """
    if source is None:
        what = "the source of this file is not known by its name"
        raise UserError(what, where=str(path), hint="put the file into a folder with the name of its source")
    target = settings.logs() / name_for(source, path)
    # Filebeat ignores the temporary file, whose name ends in .part.
    with opened(path) as text, replacing(target, mode=PUBLIC) as copy:
        last = b"\n"
        while part := text.read(PART):
            copy.write(part)
            last = part[-1:]
        if last != b"\n":
            copy.write(b"\n")
    return target


def name_for(source: str, path: Path) -> str:
    """A path below the log folder that Filebeat's input of the source reads; each file gets a different one."""
    patterns = next((known.filebeat.paths for known in load_sources() if known.name == source), None)
    if patterns is None:
        raise UserError(f"there is no source {source!r}", where=str(path), hint="`holysheep-elk sources` lists them")
    pattern = next((pattern for pattern in patterns if "/" in pattern), patterns[0])
    unique = f"{path.stem}-{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]}.log"
    # The pattern's folder, or its first characters where it names none; Filebeat reads files that end in .log.
    return pattern.partition("*")[0] + unique


def bodies(path: Path) -> Iterator[bytes]:
    """The file's lines as NDJSON bodies; no line is split."""
    lines: list[bytes] = []
    size = 0
    with opened(path) as file:
        for line in file:
            lines.append(line)
            size += len(line)
            if size >= BODY:
                yield b"".join(lines)
                lines, size = [], 0
    if lines:
        yield b"".join(lines)


def post(body: bytes) -> None:
    """Send a body to the webhook. UserError with the answer when it is refused."""
    port = settings.port("HOLYSHEEP_WEBHOOK_PORT")
    login = base64.b64encode(f"holysheep:{secrets.read('webhook_password')}".encode()).decode()
    context = ssl.create_default_context(cafile=str(settings.CA))
    connection = http.client.HTTPSConnection("localhost", port, timeout=60, context=context)
    try:
        headers = {"Content-Type": "application/x-ndjson", "Authorization": f"Basic {login}"}
        connection.request("POST", "/", body, headers)
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
    except OSError as error:
        raise UserError(f"the webhook does not take lines: {error}", where=f"https://localhost:{port}") from error
    finally:
        connection.close()
    if response.status != http.client.OK:
        raise UserError(f"the webhook answered {response.status}: {text}", where=f"https://localhost:{port}")
