"""What is kept when a stack test fails: enough to find the cause without the machine."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from elastic_transport import TransportError
from elasticsearch import ApiError

from generator.errors import UserError
from generator.paths import STATE
from tests.stack.stack import STATS

if TYPE_CHECKING:
    from tests.stack.stack import Stack


def folder() -> Path:
    """`HOLYSHEEP_ARTEFACTS`, else below .state."""
    return Path(os.environ.get("HOLYSHEEP_ARTEFACTS") or STATE / "artefacts")


def save(stack: Stack, test: str) -> Path:
    """Write all that can be had; what can't is a file with the reason."""
    target = folder() / re.sub(r"[^A-Za-z0-9_.-]+", "-", test).strip("-")
    target.mkdir(parents=True, exist_ok=True)
    services = ("certs", "setup", "elasticsearch", "logstash", "filebeat", "kibana")
    (target / "ps.json").write_text(_compose(stack, "ps", "--all", "--format", "json"), encoding="utf-8")
    for service in services:
        text = _compose(stack, "logs", "--no-color", "--timestamps", service)
        (target / f"{service}.log").write_text(text, encoding="utf-8")
    (target / "logstash-stats.json").write_bytes(_logstash(stack))
    for name, path in (
        ("elasticsearch-nodes.json", "/_nodes/stats"),
        ("elasticsearch-indices.json", "/_cat/indices?format=json"),
        ("elasticsearch-health.json", "/_cluster/health"),
    ):
        (target / name).write_text(_elasticsearch(stack, path), encoding="utf-8")
    return target


def _compose(stack: Stack, *args: str) -> str:
    try:
        return stack.run(*args)
    except (UserError, OSError) as error:
        return f"could not be had: {error}\n"


def _logstash(stack: Stack) -> bytes:
    try:
        return bytes(stack.container("logstash").exec_run(["/bin/bash", "-c", STATS])[1])
    except Exception as error:  # noqa: BLE001 - a failure here must not hide the test's own
        return f"could not be had: {error}\n".encode()


def _elasticsearch(stack: Stack, path: str) -> str:
    try:
        with stack.client() as es:
            answer = es.perform_request("GET", path, headers={"accept": "application/json"})
            return json.dumps(answer.body, indent=1)
    except (TransportError, ApiError, OSError, ValueError) as error:
        return f"could not be had: {error}\n"
