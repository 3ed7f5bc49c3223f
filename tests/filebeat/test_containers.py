"""The log files of a Docker engine, read with the input that autodiscovery makes for a container."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from generator.paths import ROOT
from tests.filebeat.process import Filebeat
from tests.filebeat.receiver import Receiver
from tests.filebeat.writer import Writer, keys, line, rotate

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.filebeat
FOLDER = "/var/lib/docker/containers/${data.container.id}"


def watched(binary: Path, folder: Path, port: int) -> Filebeat:
    """A Filebeat that is not started yet, for the container whose log is c-json.log in the folder."""
    provider = yaml.safe_load((ROOT / "filebeat/autodiscover.yml").read_text(encoding="utf-8"))
    (config,) = [one["hints.default_config"] for one in provider["filebeat.autodiscover"]["providers"]]
    paths = [path.replace(FOLDER, str(folder)) for path in config["paths"]]
    assert paths == [f"{folder}/*-json.log*"]
    result = Filebeat(binary, folder, port)
    settings = config | {"enabled": True, "id": "c", "paths": paths}
    (folder / "config" / "inputs.d" / "container.yml").write_text(yaml.safe_dump([settings]), encoding="utf-8")
    return result


def wrapped(text: str, second: int = 0) -> bytes:
    """A line as the engine's json-file driver writes it."""
    record: dict[str, Any] = {"log": text, "stream": "stderr", "time": f"2026-01-01T00:00:{second:02}.0Z"}
    return json.dumps(record).encode() + b"\n"


def test_a_stack_trace_of_a_container(binary: Path, tmp_path: Path) -> None:
    """Docker's own log: a trace is one event without empty lines between its lines, and the next line is another."""
    traced = ["Traceback (most recent call last):\n", '  File "a.py", line 1\n', "ValueError: x\n", "next\n", "last\n"]
    with Receiver(keep=lambda event: event["message"]) as receiver, watched(binary, tmp_path, receiver.port):
        lines = [wrapped(text, number) for number, text in enumerate(traced)]
        (tmp_path / "c-json.log").write_bytes(b"".join(lines))
        receiver.wait(3)
        assert {text.rstrip("\n") for text in receiver.seen} == {"".join(traced[:3]).rstrip("\n"), "next", "last"}


def test_a_long_stack_trace(binary: Path, tmp_path: Path) -> None:
    """10,000 lines are one event. Filebeat would discard all but 500 of them."""
    trace = ["begin", *[f"  at line {number}" for number in range(9_999)]]
    with (
        Receiver(keep=lambda event: event["message"]) as receiver,
        Filebeat(binary, tmp_path, receiver.port) as filebeat,
    ):
        path = filebeat.logs / "container" / "a.log"
        path.parent.mkdir()
        path.write_text("\n".join([*trace, "end", ""]), encoding="utf-8")
        receiver.wait(2)
        assert set(receiver.seen) == {"\n".join(trace), "end"}


def test_the_engine_rotates(binary: Path, tmp_path: Path, receiver: Receiver) -> None:
    """Ten rotations with `max-file: 3`, as the bundle's services have it, at 1,000 lines a second: no line is lost."""

    def written(tag: str, number: int) -> bytes:
        return wrapped(line(tag, number).decode())

    with watched(binary, tmp_path, receiver.port):
        with Writer(tmp_path / "c-json.log", "engine", as_line=written) as writer:
            for _ in range(10):
                # Filebeat looks for files every second, and the engine deletes a file at its third rotation.
                writer.grow(700)
                rotate(writer.path, keep=2)
                writer.reopen()
            writer.grow(500)
        receiver.wait(writer.written)
    assert set(receiver.seen) == keys("engine", writer.written)
