"""One `up`, `down`, `clean` or `upgrade` of a checkout at a time."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from generator import paths
from generator.errors import UserError
from runner import cli
from runner.host.alone import alone

if TYPE_CHECKING:
    from pathlib import Path

HOLDS = """
import pathlib, sys, time
from runner.host.alone import alone
with alone(pathlib.Path(sys.argv[1]), "up"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("command", ["up", "down", "clean"])
def test_a_second_command_is_refused_in_words(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """While another process has the checkout; nothing is started or stopped, and the message says what to do."""
    monkeypatch.setattr(paths, "STATE", tmp_path)
    with subprocess.Popen([sys.executable, "-c", HOLDS, str(tmp_path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        code = cli.main([command])
        other.kill()
    said = capsys.readouterr()
    assert code == 2
    assert "another `make up`, `down`, `clean` or `upgrade` of this checkout runs" in said.err
    assert "wait until it ends" in said.err
    assert said.out == ""


def test_a_killed_command_leaves_no_lock(tmp_path: Path) -> None:
    """By SIGKILL: the next one begins, and no file is left over."""
    with subprocess.Popen([sys.executable, "-c", HOLDS, str(tmp_path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(UserError), alone(tmp_path, "up"):
            pass
        other.kill()
        assert other.wait() == -signal.SIGKILL
    with alone(tmp_path, "up"):
        assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """`down` and `clean` of a fresh checkout."""
    with alone(tmp_path / "none", "clean"):
        pass
    assert not (tmp_path / "none").exists()
