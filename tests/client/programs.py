"""Runs small applications that log, as processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HEAD = """
import os, sys, time, signal
import holysheep
folder = sys.argv[1]
holysheep.configure(log_file=folder + "/api_requests.log", spool=folder + "/spool", **{settings})
def call(n, **more):
    holysheep.log(log_id=f"id-{{n}}", model="gpt-4.1", input_tokens=n, output_tokens=1, latency_ms=1, **more)
"""


def start(folder: Path, body: str, **settings: Any) -> subprocess.Popen[str]:  # noqa: ANN401  # any setting
    """A Python process with `call(n)`; what it prints is read by the test."""
    program = HEAD.format(settings=repr(settings)) + body
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HOLYSHEEP_")}
    return subprocess.Popen(
        [sys.executable, "-c", program, str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip


def run(folder: Path, body: str, **settings: Any) -> str:  # noqa: ANN401  # any setting
    """The same until its end, which is a good one; what it printed."""
    process = start(folder, body, **settings)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out


def terminated(folder: Path, body: str, **settings: Any) -> int:  # noqa: ANN401  # any setting
    """Run a program, send it SIGTERM once it has printed a line, and wait; its return code."""
    process = start(folder, body, **settings)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    return process.returncode


def lines(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """The lines of files, each whole."""
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def ids(folder: Path) -> list[str]:
    """Ids in the log and its rotated files."""
    return [line["log_id"] for line in lines(folder.glob("api_requests.log*"))]
