"""The third document's table of overheads, with real HTTP calls on loopback instead of its figures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any, Final

import httpx

from holysheep.http_transport import transport
from holysheep.logger import Logger
from holysheep.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS: Final = int(os.environ.get("BENCH_CALLS", "400"))
BODY: Final = {"model": "gpt-4.1", "messages": [{"role": "user", "content": "How are you?"}]}
SERVER: Final = """
import sys, threading
from tests.client.openai_server import Api
api = Api()
print(api.url, flush=True)
threading.Thread(target=api.serve_forever, daemon=True).start()
sys.stdin.read()
"""


def overhead() -> dict[str, Any]:
    """By configuration: added mean and p99, ms, and throughput beside calls that nobody logs."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        try:
            return _compare(url)
        finally:
            server.kill()


def _compare(url: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ways: dict[str, Callable[[], None]] = {
            "no logging": _plain(url),
            "synchronous": _wrapped(url, folder / "1", sync=True),
            "buffer 100": _wrapped(url, folder / "2", flush_lines=100),
            "buffer 500": _wrapped(url, folder / "3", flush_lines=500),
            "buffer 5,000": _wrapped(url, folder / "4", flush_lines=5000),
        }
        times: dict[str, list[float]] = {way: [] for way in ways}
        for call in ways.values():
            call()
        for _ in range(CALLS):
            for way, call in ways.items():
                start = time.perf_counter()
                call()
                times[way].append((time.perf_counter() - start) * 1000)
    base = times["no logging"]
    return {way: _row(found, base) for way, found in times.items()}


def _plain(url: str) -> Callable[[], None]:
    client = httpx.Client(base_url=url)
    return lambda: _check(client.post("/chat/completions", json=BODY))


def _wrapped(url: str, folder: Path, **settings: Any) -> Callable[[], None]:  # noqa: ANN401  # any setting
    told = Settings.read({}, log_file=folder / "a.log", spool=folder / "spool", handle_sigterm=False, **settings)
    client = httpx.Client(base_url=url, transport=transport(log=Logger(told).log))
    return lambda: _check(client.post("/chat/completions", json=BODY))


def _check(answer: httpx.Response) -> None:
    json.loads(answer.content)


def _row(times: list[float], base: list[float]) -> dict[str, float]:
    def p99(values: list[float]) -> float:
        return sorted(values)[len(values) * 99 // 100]

    return {
        "mean_ms": round(mean(times), 3),
        "added_mean_ms": round(mean(times) - mean(base), 3),
        "added_p99_ms": round(p99(times) - p99(base), 3),
        "throughput": round(mean(base) / mean(times) - 1, 4),
    }
