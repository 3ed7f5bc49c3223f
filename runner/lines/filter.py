"""Runs the real Ruby filter under JRuby: log lines go in, documents come out in the same order.

logstash/ruby/embedded.rb defines the protocol on the pipes.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
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
#: Lines that may wait for an answer at once: enough to keep the pipe full. It limits the memory for a slow reader.
WINDOW: Final = 256
#: How the filter begins what a person must know while it runs. All else that Java and Ruby say counts when it ends.
WARNING: Final = "holysheep: "
#: Bytes of input above which Java's second compiler (C2) pays. Measured on 2 cores with client lines (Java 17): 100
#: lines take 1.9 s with the quick compiler (C1) alone and 3.2 s with both. 50,000 lines (12 MB) take 9.9 s in both
#: cases, at half the processor time with C1 alone. Class data sharing would save 0.4 s, for a file of 33 MB.
LARGE: Final = 16 * 1024 * 1024


@dataclass(frozen=True)
class Frame:
    """A line to process: its raw bytes without the line feed, and its origin.

    `arrival_ms`: when the line was first read (ms since 1970). None: unknown, and the document gets no such time.
    `start`: offset of the line in its file (bytes). It distinguishes equal lines that have neither an id nor a time.
    None: the line is from no file.
    `end`: offset of the next line. The filter ignores it; the caller notes it.
    """

    line: bytes
    source: str | None = None
    arrival_ms: int | None = None
    path: str | None = None
    end: int = 0
    start: int | None = None

    def encode(self) -> bytes:
        """The frame as bytes for the filter's standard input."""
        arrival = "-" if self.arrival_ms is None else str(self.arrival_ms)
        path = "-" if self.path is None else quote(self.path, safe="/._~")
        # "-" stands for "no path", so a file of this name is quoted.
        path = "%2D" if self.path == "-" else path
        start = "" if self.start is None else f" {self.start}"
        head = f"{self.source or '-'} {arrival} {path} {len(self.line)}{start}\n"
        return head.encode("ascii") + self.line + b"\n"


Documents = list[dict[str, Any]]


def options(jdk: Jdk, size: int | None) -> list[str]:
    """JVM options for an input of `size` bytes. None: the size is unknown (a pipe), and a quick start matters."""
    chosen = ["-Xss4m", "-XX:+UseSerialGC", "-Xshare:auto"]
    if size is None or size < LARGE:
        chosen.append("-XX:TieredStopAtLevel=1")
    if jdk.major >= 22:  # noqa: PLR2004  # from this version on Java warns of native access, which JRuby 9.4 needs
        chosen.append("--enable-native-access=ALL-UNNAMED")
    if jdk.major >= 23:  # noqa: PLR2004  # from this version on Java warns of Unsafe, which JRuby 9.4 uses
        chosen.append("--sun-misc-unsafe-memory-access=allow")
    return chosen


class FilterProcess:
    """A process that runs the filter, as a context manager. The process ends with its input, or with the context."""

    def __init__(self, jdk: Jdk, *, rules: Path = RULES, size: int | None = None) -> None:
        """Start the process. UserError when the rules or JRuby are missing.

        `size`: bytes of input that will come; None when that is unknown.
        """
        if not rules.is_file():
            raise UserError(f"{rules} is missing", where="filter", hint="run `make render`")
        command = [str(jdk.java), *options(jdk, size), "-jar", str(maven.fetch(maven.JRUBY)), str(SCRIPT), str(rules)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, bufsize=-1,
            # Java decodes file names by the locale: a path with a non-ASCII letter needs UTF-8.
            env={**privacy_key.environment(), "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        self._error_lines: deque[str] = deque(maxlen=40)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._broken: BaseException | None = None

    def __enter__(self) -> Self:
        """Return this process."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the process, also one that has not read all of its input."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._listener.join(timeout=5)

    def run(self, frames: Iterable[Frame]) -> Iterator[tuple[Frame, Documents]]:
        """Yield each frame with its documents, in the order of the frames, as soon as the filter answers. Call once."""
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
                # The queue comes before the pipe: a reader that waits for a dead process then gets its end of file.
                waiting.put(frame)
                out.write(frame.encode())
                out.flush()
        except BrokenPipeError:
            pass  # the reader reports why the process ended
        except BaseException as error:  # noqa: BLE001  # the reader raises it again, in the caller's thread
            self._broken = error
        finally:
            with contextlib.suppress(BrokenPipeError):
                out.close()
            waiting.put(None)

    def _listen(self) -> None:
        for line in self._pipe(self._process.stderr):
            text = line.decode(errors="replace").rstrip()
            self._error_lines.append(text)
            if text.startswith(WARNING):
                print(text, file=sys.stderr)

    def _death(self) -> UserError:
        code = self._process.wait()
        self._listener.join(timeout=5)
        output = "\n  ".join(line for line in self._error_lines if line) or "it printed nothing"
        killed = " (killed, perhaps for lack of memory)" if code in (-9, 137) else ""
        return UserError(f"the Ruby filter ended with exit code {code}{killed}:\n  {output}", where="filter")

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        if pipe is None:
            raise RuntimeError("the process was started without this pipe")
        return pipe
