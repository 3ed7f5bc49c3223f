"""LiteLLM's own callbacks, and gunicorn with its workers, in an environment of their own."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
import urllib.request
from typing import TYPE_CHECKING, Final

import pytest

from tests.client import environment
from tests.client.programs import ids, lines

if TYPE_CHECKING:
    from pathlib import Path

    from tests.client.openai_server import Api

pytestmark = pytest.mark.packages
LITELLM: Final = """
import asyncio, sys
import litellm, holysheep, holysheep.litellm
litellm.callbacks = [holysheep.litellm.callback()]
told = {"model": "openai/gpt-4.1", "messages": [{"role": "user", "content": "Hi"}], "api_base": sys.argv[1],
        "api_key": "sk-test", "max_retries": 0}
litellm.completion(**told)
list(litellm.completion(**told, stream=True, stream_options={"include_usage": True}))
list(litellm.completion(**told, stream=True))
async def call():
    await litellm.acompletion(**told)
    await asyncio.sleep(1)
asyncio.run(call())
try:
    litellm.completion(**told)
except litellm.InternalServerError:
    print("refused")
"""
#: Its list of prices is that of the package, not one that it would download.
LOCAL: Final = {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}
#: Each request is a call.
APPLICATION: Final = """
import os, time
import holysheep
holysheep.log(log_id="preloaded", model="gpt-4.1", input_tokens=1, output_tokens=1)
def app(environ, start_response):
    holysheep.log(log_id=environ["PATH_INFO"][1:], model="gpt-4.1", input_tokens=1, output_tokens=1, worker=os.getpid())
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]
"""


@pytest.fixture
def interpreter() -> Path:
    """The environment's Python."""
    made = environment.python()
    if made is None:
        pytest.skip("there is no environment of LiteLLM and gunicorn: .ci/packages.sh makes it")
    return made


def test_litellm(api: Api, interpreter: Path, tmp_path: Path) -> None:
    """Sync, stream, asyncio and a failed call: one line each, with the API's usage, never with LiteLLM's own count."""
    api.plan = ["ok", "ok", "ok", "ok", "500"]
    assert environment.run(interpreter, LITELLM, tmp_path, LOCAL, api.url).endswith("refused\n")
    logged = lines(tmp_path.glob("api_requests.log*"))
    assert sorted(line["status"] for line in logged) == ["error", *["success"] * 4]
    # 150 + 320 tokens; the card prices gpt-4.1 at 8 and 24 USD per MTok since May 2025.
    assert [line["cost_nano"] for line in logged if line["cost_status"] == "priced"] == [8_880_000] * 3
    assert [line["unpriced_reason"] for line in logged if line["cost_status"] == "unpriced"] == ["no_usage"]


@pytest.mark.parametrize("preload", [True, False])
def test_gunicorn(interpreter: Path, tmp_path: Path, *, preload: bool) -> None:
    """Three forked workers, one of which is replaced, and SIGTERM at the end: each call is one line."""
    (tmp_path / "shop.py").write_text(APPLICATION, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--workers", "3", "--bind", f"127.0.0.1:{port}", "--log-level", "warning", "--no-control-socket"]
    running = subprocess.Popen(
        [interpreter, "-m", "gunicorn", "shop:app", *options, *(["--preload"] if preload else [])],
        cwd=tmp_path, env=environment.environment(tmp_path), stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        answered = [ask(port, f"id-{number}") for number in range(150)]
        running.send_signal(signal.SIGHUP)
        answered += [ask(port, f"id-{number}") for number in range(150, 300)]
        running.send_signal(signal.SIGTERM)
        _, complaints = running.communicate(timeout=60)
    finally:
        running.kill()
    assert running.returncode == 0, complaints
    assert "Traceback" not in complaints
    assert len(set(answered)) > 1
    logged = ids(tmp_path)
    assert sorted(set(logged) - {"preloaded"}) == sorted(f"id-{number}" for number in range(300))
    assert len([each for each in logged if each != "preloaded"]) == 300
    # Without preload every worker loads the application; with it only the parent, before and after SIGHUP.
    assert logged.count("preloaded") >= 1


def ask(port: int, name: str) -> str:
    """The worker that answered; it is asked again while none listens."""
    end = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{name}", timeout=30) as answer:
                return str(answer.read().decode())
        except ConnectionError:
            pass
        except OSError:
            assert time.monotonic() < end, "gunicorn does not answer"
        time.sleep(0.1)
