"""The real Ruby filter under JRuby: lines in, documents out, in order, as logstash/ruby/embedded.rb speaks it."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from collections import deque
from dataclasses import dataclass
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING, Any, Final, Self
from urllib.parse import quote

from generator.errors import UserError
from generator.paths import ROOT
from runner.host import maven
from runner.lines import privacy_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

    from runner.host.jdk import Jdk

SCRIPT: Final = ROOT / "logstash" / "ruby" / "embedded.rb"
RULES: Final = ROOT / "logstash" / "rules" / "rules.json"
#: Lines on their way at once: enough to keep the pipe full, and bounds the memory when the reader is slow.
WINDOW: Final = 256
#: Bytes of input above which a full compiler pays. Measured on 2 cores with client lines (Java 17): 100 lines take
#: 1.9 s with the quick compiler alone and 3.2 s with both; 50,000 lines (12 MB) take 9.9 s either way, at half the
#: processor time with the quick one. Sharing class data would save another 0.4 s for a file of 33 MB: not worth it.
LARGE: Final = 16 * 1024 * 1024


@dataclass(frozen=True)
class Frame:
    """A line to process: raw bytes without the line feed, and what is known of it besides.

    `arrival_ms` is when it was first seen (ms since 1970, None: unknown, and nothing is stamped); `start` is
    where in its file the line starts (bytes, None: in no file), which tells equal lines apart that have neither an id
    nor a time; `end` is where the next one starts, for the caller's own books.
    """

    line: bytes
    source: str | None = None
    arrival_ms: int | None = None
    path: str | None = None
    end: int = 0
    start: int | None = None

    def encode(self) -> bytes:
        """The frame on the wire."""
        arrival = "-" if self.arrival_ms is None else str(self.arrival_ms)
        path = "-" if self.path is None else quote(self.path, safe="/._~")
        # A file named "-" must not look like none.
        path = "%2D" if self.path == "-" else path
        start = "" if self.start is None else f" {self.start}"
        head = f"{self.source or '-'} {arrival} {path} {len(self.line)}{start}\n"
        return head.encode("ascii") + self.line + b"\n"


Documents = list[dict[str, Any]]


def options(jdk: Jdk, size: int | None) -> list[str]:
    """JVM options for an input of so many bytes; None when nobody knows (a pipe), where a quick start is wished."""
    chosen = ["-Xss4m", "-XX:+UseSerialGC", "-Xshare:auto"]
    if size is None or size < LARGE:
        chosen.append("-XX:TieredStopAtLevel=1")
    if jdk.major >= 22:  # noqa: PLR2004  # JRuby 9.4 does what these Javas warn of
        chosen.append("--enable-native-access=ALL-UNNAMED")
    if jdk.major >= 23:  # noqa: PLR2004  # the same
        chosen.append("--sun-misc-unsafe-memory-access=allow")
    return chosen


class FilterProcess:
    """One run of the filter; a context manager. The process ends with the input, or with the context."""

    def __init__(self, jdk: Jdk, *, rules: Path = RULES, size: int | None = None) -> None:
        """Start it; `size` is how many bytes will come, None when nobody knows. UserError: no rules, no JRuby."""
        if not rules.is_file():
            raise UserError(f"{rules} is not there", where="filter", hint="run `make render`")
        command = [str(jdk.java), *options(jdk, size), "-jar", str(maven.fetch(maven.JRUBY)), str(SCRIPT), str(rules)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, bufsize=-1,
            # Java reads the names of files by the locale: a path with a non-ASCII letter needs UTF-8.
            env={**privacy_key.environment(), "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        self._said: deque[str] = deque(maxlen=40)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._broken: BaseException | None = None

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the process, finished or not."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._listener.join(timeout=5)

    def run(self, frames: Iterable[Frame]) -> Iterator[tuple[Frame, Documents]]:
        """Each frame with its documents, in order, as soon as they are there. To be called once."""
        waiting: SimpleQueue[Frame | None] = SimpleQueue()
        room = threading.Semaphore(WINDOW)
        writer = threading.Thread(target=self._write, args=(frames, waiting, room), daemon=True)
        writer.start()
        answers: IO[bytes] = self._pipe(self._process.stdout)
        while (frame := waiting.get()) is not None:
            answer = answers.readline()
            if not answer.endswith(b"\n"):
                raise self._death()
            room.release()
            yield frame, json.loads(answer)
        if self._broken is not None:
            raise self._broken
        if self._process.wait(timeout=30) != 0:
            raise self._death()

    def _write(self, frames: Iterable[Frame], waiting: SimpleQueue[Frame | None], room: threading.Semaphore) -> None:
        out = self._pipe(self._process.stdin)
        try:
            for frame in frames:
                room.acquire()
                # First the book, then the pipe: who waits for an answer of a dead process gets its end of file.
                waiting.put(frame)
                out.write(frame.encode())
                out.flush()
        except BrokenPipeError:
            pass  # the reader finds out why
        except BaseException as error:  # noqa: BLE001  # raised again by the reader, in the caller's thread
            self._broken = error
        finally:
            with contextlib.suppress(BrokenPipeError):
                out.close()
            waiting.put(None)

    def _listen(self) -> None:
        for line in self._pipe(self._process.stderr):
            self._said.append(line.decode(errors="replace").rstrip())

    def _death(self) -> UserError:
        code = self._process.wait()
        self._listener.join(timeout=5)
        said = "\n  ".join(line for line in self._said if line) or "it said nothing"
        killed = " (killed, perhaps for lack of memory)" if code in (-9, 137) else ""
        return UserError(f"the Ruby filter ended with {code}{killed}:\n  {said}", where="filter")

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        if pipe is None:
            raise RuntimeError("the pipe was not asked for")
        return pipe
