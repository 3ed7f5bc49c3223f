"""`python -m holysheep check` as a person runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.client.openai_server import Api


def check(folder: Path, **environment: str) -> tuple[int, str]:
    """Exit code and output."""
    bare = {k: v for k, v in os.environ.items() if not k.startswith(("HOLYSHEEP_", "OPENAI_"))}
    told = {**bare, "HOLYSHEEP_LOG_FILE": str(folder / "log" / "a.log"), "XDG_STATE_HOME": str(folder), **environment}
    ran = subprocess.run(
        [sys.executable, "-m", "holysheep", "check"], env=told, capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.stderr == ""
    return ran.returncode, ran.stdout


def test_all_is_well(api: Api, tmp_path: Path) -> None:
    """Key, card, file, and a test line that is there."""
    code, text = check(tmp_path, HOLYSHEEP_API_KEY="sk-test", HOLYSHEEP_BASE_URL=api.url)
    assert code == 0, text
    assert f"accepted by {api.url}, which offers 1 model\n" in text
    [line] = (tmp_path / "log" / "a.log").read_text().splitlines()
    assert json.loads(line)["log_id"] in text
    assert "4 models" in text


def test_what_is_wrong(api: Api, tmp_path: Path) -> None:
    """A refused key, too many requests, no key, a file that can't be written, a webhook that is away."""
    code, text = check(tmp_path, HOLYSHEEP_API_KEY="sk-wrong", HOLYSHEEP_BASE_URL=api.url)
    assert code == 1
    assert "refuses it (HTTP 401): make a new key" in text
    api.plan = ["429"]
    code, text = check(tmp_path, HOLYSHEEP_API_KEY="sk-test", HOLYSHEEP_BASE_URL=api.url)
    assert "too many requests (HTTP 429): wait 7 s" in text
    (tmp_path / "file").write_text("")
    code, text = check(tmp_path, HOLYSHEEP_LOG_FILE=str(tmp_path / "file" / "a.log"))
    assert "neither HOLYSHEEP_API_KEY nor OPENAI_API_KEY is set" in text
    assert "takes no line: [Errno 17] File exists" in text
    code, text = check(tmp_path, HOLYSHEEP_WEBHOOK_URL="http://127.0.0.1:9/")
    assert code == 1
    assert "http://127.0.0.1:9/ takes no line: [Errno 111] Connection refused" in text
