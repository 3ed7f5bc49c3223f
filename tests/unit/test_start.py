"""What the command line imports before it does anything: counted in modules, so that no slow machine fails a test."""

from __future__ import annotations

import importlib
import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Final

import pytest

from generator import cli as generator_cli
from generator.commands import price_rules
from generator.paths import PRICING, ROOT
from runner import cli

#: Packages that take long to import.
SLOW: Final = {"docker", "elasticsearch", "jinja2", "pydantic", "rich", "vl_convert", "yaml"}
RUN = """
import contextlib, json, sys
from {package}.cli import main
with contextlib.redirect_stdout(sys.stderr):
    try:
        code = main({argv})
    except SystemExit as end:
        code = end.code
print(json.dumps([code or 0, sorted(sys.modules)]))
"""


def imported(*argv: str, package: str = "runner") -> set[str]:
    """The modules that a run of the command line with these arguments imports, in a Python of its own."""
    code = RUN.format(package=package, argv=json.dumps(argv))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    exit_code, modules = json.loads(done.stdout)
    assert exit_code == 0, done.stderr
    return set(modules)


def commands_of(modules: set[str]) -> set[str]:
    """The modules of commands among others."""
    return {name for name in modules if name.startswith(("runner.commands.", "generator.commands."))}


def test_help_imports_no_command() -> None:
    """`--help` lists every command and imports none, nor any package that takes long."""
    modules = imported("--help")
    assert commands_of(modules) == set()
    assert modules & SLOW == set()


def test_version_imports_no_command() -> None:
    """`--version` reads the package's metadata and the table of Elastic versions alone."""
    modules = imported("--version")
    assert commands_of(modules) == set()
    assert modules & SLOW == set()


@pytest.mark.parametrize(
    ("argv", "allowed"),
    [
        (["render", "--out", "{folder}"], {"jinja2", "pydantic", "yaml"}),
        (["price", "gpt-4.1"], {"pydantic", "yaml"}),
        (["price", "--help"], set()),
        (["render", "--help"], set()),
        (["process", "--help"], set()),
    ],
    ids=lambda part: part[0] if isinstance(part, list) else "",
)
def test_a_command_imports_what_it_needs(argv: list[str], allowed: set[str], tmp_path: Path) -> None:
    """`render`, `price` and `process` load neither docker, elasticsearch, vl_convert nor rich."""
    modules = imported(*(argument.format(folder=tmp_path) for argument in argv))
    assert modules & SLOW <= allowed


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of the test's own, as far as `price` needs one."""
    shutil.copy(PRICING, tmp_path / "pricing.yaml")
    (tmp_path / "logstash" / "ruby").mkdir(parents=True)
    monkeypatch.setenv("HOLYSHEEP_HOME", str(tmp_path))
    return tmp_path


def test_price_validates_the_card_after_a_change_alone(checkout: Path) -> None:
    """The second call loads neither pydantic nor YAML; the first one does, and the one after an edit."""
    command = ("price", "gpt-4.1")
    assert imported(*command) & SLOW == {"pydantic", "yaml"}
    assert imported(*command) & SLOW == set()
    with (checkout / "pricing.yaml").open("a", encoding="utf-8") as file:
        file.write("# a comment\n")
    assert imported(*command) & SLOW == {"pydantic", "yaml"}
    assert imported(*command) & SLOW == set()


def test_a_damaged_copy_of_the_rules_is_made_again(checkout: Path) -> None:
    """Half a file, or another JSON, only takes longer."""
    for text in ("{", "[]", '{"digest": "x"}'):
        (checkout / ".state").mkdir(exist_ok=True)
        (checkout / ".state" / "price-rules.json").write_text(text, encoding="utf-8")
        assert imported("price", "gpt-4.1") & SLOW == {"pydantic", "yaml"}


def test_an_upgrade_of_what_is_kept_makes_it_again() -> None:
    """The module that writes the copy is among the code whose change makes a new one."""
    assert Path(price_rules.__file__).parent in price_rules.CODE


def test_options_are_read_without_the_command() -> None:
    """`COMMAND --help` and a mistyped option import neither the command nor a package that takes long."""
    names = [name for name, command in cli.COMMANDS.items() if ".options." in command.module]
    assert {"render", "up", "status", "restore"} <= set(names)
    code = (
        "import json, sys; from runner import cli; [cli.build_parser(name) for name in {names}]; "
        "print(json.dumps(list(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code.replace("{names}", repr(names))], capture_output=True, check=True)
    modules = set(json.loads(done.stdout))
    assert commands_of(modules) == set()
    assert modules & SLOW == set()


@pytest.mark.parametrize(
    "page", [*(ROOT / "generator" / "options").glob("*.py"), *(ROOT / "runner" / "options").glob("*.py")]
)
def test_the_command_behind_the_options_exists(page: Path) -> None:
    """`later` names a module that has `run`."""
    for module, function in re.findall(r'later\("([\w.]+)"(?:, "(\w+)")?\)', page.read_text(encoding="utf-8")):
        assert callable(getattr(importlib.import_module(module), function or "run"))


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_help_lines_are_the_commands_own(name: str) -> None:
    """The line in the table is the one that the command itself gives, so that `--help` says the same either way."""
    alone, listed = cli.build_parser(name).format_help(), cli.build_parser().format_help()
    assert alone == listed


def test_generator_has_three_commands_and_nothing_of_the_runner() -> None:
    """`python -m generator` offers render, check and price, and imports nothing of `runner`."""
    assert set(generator_cli.COMMANDS) == {"render", "check", "price"}
    modules = imported("price", "gpt-4.1", package="generator")
    assert [name for name in modules if name.split(".")[0] == "runner"] == []


def test_version_names_the_package_and_elastic(capsys: pytest.CaptureFixture[str]) -> None:
    """The version is the installed package's, and the Elastic version is the one that is preferred."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"holysheep-elk {version('holysheep-elk')}, made for Elastic Stack 9.5.2\n"
