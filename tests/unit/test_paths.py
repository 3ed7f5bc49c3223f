"""Which checkout a command works on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.errors import UserError
from generator.paths import find_root

OWN = Path(__file__).parents[2]


def checkout(folder: Path) -> Path:
    """A folder that is a checkout as far as its files tell."""
    (folder / "logstash" / "ruby").mkdir(parents=True)
    (folder / "pricing.yaml").touch()
    return folder


def test_the_checkout_around_the_current_folder(tmp_path: Path) -> None:
    """Inside the program's own checkout, at any depth, the checkout is the root."""
    program = checkout(tmp_path / "own")
    assert find_root({}, program / "logstash" / "ruby", program) == program


def test_outside_of_any_checkout_the_programs_own(tmp_path: Path) -> None:
    """A command by its whole path works on the checkout that it lies in."""
    program = checkout(tmp_path / "own")
    assert find_root({}, tmp_path, program) == program


def test_an_installed_package_works_on_the_checkout_around(tmp_path: Path) -> None:
    """A package in site-packages has no checkout of its own, so nothing can be mixed."""
    other = checkout(tmp_path / "other")
    assert find_root({}, other, tmp_path / "site-packages") == other


def test_two_checkouts_are_refused(tmp_path: Path) -> None:
    """The error names both checkouts and the three ways out."""
    program, other = checkout(tmp_path / "own"), checkout(tmp_path / "other")
    with pytest.raises(UserError) as error:
        find_root({}, other / "logstash", program)
    assert f"in the checkout {other}, but this program belongs to the checkout {program}" in str(error.value)
    assert f"{other}/.venv/bin/holysheep-elk" in str(error.value)
    assert f"HOLYSHEEP_HOME={other}" in str(error.value)


def test_home_is_explicit(tmp_path: Path) -> None:
    """$HOLYSHEEP_HOME says which checkout is meant, wherever the current folder is."""
    program, other = checkout(tmp_path / "own"), checkout(tmp_path / "other")
    assert find_root({"HOLYSHEEP_HOME": str(other)}, program, program) == other


def test_the_command_line_refuses_without_a_traceback(tmp_path: Path) -> None:
    """`price` of this checkout, run inside another, exits with 2 and one line."""
    environment = {name: text for name, text in os.environ.items() if name != "HOLYSHEEP_HOME"}
    run = subprocess.run(
        [sys.executable, "-c", "import sys; from generator.cli import main; sys.exit(main(['price', 'gpt-4.1']))"],
        cwd=checkout(tmp_path / "other"),
        env=environment | {"PYTHONPATH": str(OWN)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert run.stderr.startswith("holysheep-elk: the current folder is in the checkout")
