"""`process` as a person runs it: no Elasticsearch, the rendered rules, the real filter."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError
from generator.paths import ROOT
from runner.host import maven
from runner.host.jdk import Jdk, choose, find
from runner.lines.filter import FilterProcess, Frame

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.jruby
PROCESS = [sys.executable, "-m", "runner", "process"]
SAMPLES = ROOT / "tests" / "samples"


@pytest.fixture(scope="session")
def jdk() -> Jdk:
    """A Java with the filter's JRuby at hand."""
    try:
        maven.fetch(maven.JRUBY)
        return choose(find()).jdk
    except UserError as error:
        pytest.skip(str(error))


@pytest.mark.usefixtures("jdk")
def test_files_and_standard_input_come_out_in_order() -> None:
    """Documents follow the lines, file after file, and each names its index, id and source."""
    first, second = SAMPLES / "client" / "api_requests.log", SAMPLES / "access" / "access.log"
    piped = (SAMPLES / "agent" / "audit.log").read_bytes()
    ran = subprocess.run([*PROCESS, str(first), "-", str(second)], input=piped, capture_output=True, check=True)
    actual = [json.loads(line) for line in ran.stdout.splitlines()]
    assert all(set(document) == {"_index", "_id", "_source"} for document in actual)
    sources = [document["_source"]["holysheep"].get("source") for document in actual]
    kinds = list(dict.fromkeys(source for source in sources if source is not None))
    assert kinds == ["client", "agent", "access"]


@pytest.mark.usefixtures("jdk")
def test_an_answer_comes_before_the_input_ends() -> None:
    """`tail -f file | holysheep-elk process` shows each line at once."""
    line = (SAMPLES / "client" / "api_requests.log").read_bytes().splitlines()[0] + b"\n"
    with subprocess.Popen([*PROCESS, "--source", "client"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        guard = threading.Timer(120, running.kill)
        guard.start()
        for _ in range(2):
            running.stdin.write(line)
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["_source"]["holysheep"]["source"] == "client"
        running.stdin.close()
        assert running.wait() == 0
        guard.cancel()


def test_many_lines_pass_while_the_reader_is_slow(jdk: Jdk) -> None:
    """More lines than the window and the pipes hold, longer ones among them: no deadlock, nothing lost."""
    frames = [Frame(b"x" * (1 if number % 100 else 200_000), "client", end=number) for number in range(2000)]
    with FilterProcess(jdk) as running:
        ends = [frame.end for frame, documents in running.run(frames) if documents]
    assert ends == list(range(2000))


def test_a_dying_filter_is_told_with_its_words(jdk: Jdk, tmp_path: Path) -> None:
    """Rules that the filter can't read end it; the error shows what it said."""
    rules = tmp_path / "rules.json"
    rules.write_text("{}")
    with FilterProcess(jdk, rules=rules) as running, pytest.raises(UserError, match="the Ruby filter ended with"):
        list(running.run(Frame(b"x" * 1000) for _ in range(5000)))


def test_an_error_in_the_input_reaches_the_caller(jdk: Jdk) -> None:
    """What goes wrong while reading is raised where the answers are read, after those that were due."""

    def frames() -> Iterator[Frame]:
        yield Frame(b"{}")
        raise UserError("the file is gone")

    seen: list[Frame] = []
    with FilterProcess(jdk) as running, pytest.raises(UserError, match="the file is gone"):
        seen.extend(frame for frame, _ in running.run(frames()))
    assert [frame.line for frame in seen] == [b"{}"]
