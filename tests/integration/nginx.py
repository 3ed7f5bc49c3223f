"""The proxy of compose/access-trail.yaml: the shipped settings in a real nginx, with this machine's paths and ports."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest

from generator.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SETTINGS: Final = ROOT / "compose" / "proxy" / "nginx.conf"
START_S: Final = 10.0


def settings(folder: Path, authority: Path, elasticsearch: int, ports: tuple[int, int]) -> str:
    """The shipped file with the paths, ports and names of a test. Everything that decides what is logged stays."""
    text = SETTINGS.read_text(encoding="utf-8")
    for old, new in (
        ("/tmp", str(folder)),  # noqa: S108 - the container's, first: the test's folder may be below it
        ("/var/log/holysheep-proxy", f"{folder}/logs"),
        ("/etc/holysheep/certs/ca.crt", str(authority)),
        ("/etc/holysheep/certs", str(folder)),
        ("/dev/stderr", f"{folder}/errors"),
        ("listen 9200 ", f"listen 127.0.0.1:{ports[0]} "),
        ("listen 5601 ", f"listen 127.0.0.1:{ports[1]} "),
        ("https://elasticsearch:9200", f"https://127.0.0.1:{elasticsearch}"),
        ("proxy_ssl_name elasticsearch", "proxy_ssl_name localhost"),
        ("worker_processes auto;", "worker_processes 1; daemon off;"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    return text


@contextmanager
def running(folder: Path, authority: Path, elasticsearch: int, ports: tuple[int, int]) -> Iterator[None]:
    """A real nginx with a certificate of its own. Skips where there is none."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("there is no nginx")
    (folder / "logs").mkdir(parents=True)
    for path in (folder, folder / "logs"):
        path.chmod(0o777)  # as root, nginx' workers are another user
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", str(folder / "proxy.key"), "-out", str(folder / "proxy.crt")),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "nginx.conf").write_text(settings(folder, authority, elasticsearch, ports))
    process = subprocess.Popen([program, "-c", str(folder / "nginx.conf")], stderr=subprocess.PIPE)
    try:
        until = time.monotonic() + START_S
        while not (folder / "nginx.pid").is_file() or not (folder / "nginx.pid").read_text().strip():
            if process.poll() is not None or time.monotonic() > until:
                process.kill()
                pytest.fail(f"nginx does not start: {process.stderr.read().decode() if process.stderr else ''}")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)
