"""compose/.env is read as docker compose reads it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

from generator.errors import UserError
from runner.runtimes.docker import engine, envfile, settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A compose/.env of the test's own, and no variable of the caller's."""
    for name in [name for name in os.environ if name.startswith(("HOLYSHEEP_", "COMPOSE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(settings, "FOLDER", tmp_path)
    monkeypatch.setattr(settings, "REMEMBERED", tmp_path / "last-up.env")
    monkeypatch.setattr(settings, "ENV_FILE", tmp_path / ".env")
    settings.forget_cached()
    yield tmp_path / ".env"
    settings.forget_cached()


#: (lines, the value of A). HOME_OF is /here in the environment, EMPTY is empty there, NONE is not set.
GRAMMAR: Final = [
    # Comments begin with a space and #, and only where no quotes are.
    ("A=8081 # ours", "8081"),
    ("A=8081#ours", "8081#ours"),
    ("A=8081\t# ours", "8081\t# ours"),
    ("A= # c", "# c"),
    ("A=x  # c", "x"),
    ('A="x # y" # c', "x # y"),
    ("A='x # y' # c", "x # y"),
    ("# A=1\nA=2", "2"),
    # Names and space.
    ("export A=x", "x"),
    ("A = x", "x"),
    ("  A=x  ", "x"),
    ("A=x y", "x y"),
    ("A==x", "=x"),
    ("A=1\nA=2", "2"),
    # Empty values.
    ("A=", ""),
    ('A=""', ""),
    ("A=''", ""),
    # Backslashes mean something in double quotes; in single quotes only before a quote.
    (r"A=a\tb", r"a\tb"),
    (r'A="x\ty"', "x\ty"),
    (r'A="a\\b"', r"a\b"),
    (r'A="it\"s"', 'it"s'),
    (r'A="\q"', r"\q"),
    (r"A='x\ty'", r"x\ty"),
    (r"A='a\\b'", r"a\\b"),
    (r"A='it\'s'", "it's"),
    ("A=a'b", "a'b"),
    # Several lines.
    ("A='two\nlines'", "two\nlines"),
    ('A="two\nlines"', "two\nlines"),
    # Variables. In single quotes nothing is replaced; `$$` is a dollar sign.
    ("A=$HOME_OF/x", "/here/x"),
    ("A=${HOME_OF}/x", "/here/x"),
    ('A="${HOME_OF}/x"', "/here/x"),
    ("A='${HOME_OF}/x'", "${HOME_OF}/x"),
    ("A=$HOME_OF$HOME_OF", "/here/here"),
    ("A=${NONE:-x}", "x"),
    ("A=${EMPTY:-x}", "x"),
    ("A=${EMPTY-x}", ""),
    ("A=${NONE-x}", "x"),
    ("A=${NONE:-a b}", "a b"),
    ("A=$NONE", ""),
    ("A=$$HOME_OF", "$HOME_OF"),
    ("A=$$$HOME_OF", "$/here"),
    ('A="$$x"', "$x"),
    (r'A="\$HOME_OF"', "$HOME_OF"),
    ("A='$$x'", "$$x"),
    ("B=first\nA=$B", "first"),
    ("B=$$\nA=$B", "$"),
]
ENVIRONMENT: Final = {"HOME_OF": "/here", "EMPTY": ""}


@pytest.mark.parametrize(("lines", "value"), GRAMMAR)
def test_the_grammar(tmp_path: Path, lines: str, value: str) -> None:
    """Comments, `export`, quotes, several lines and references."""
    file = tmp_path / ".env"
    file.write_text(lines + "\n")
    assert envfile.read(file, ENVIRONMENT)["A"].value == value


def test_compose_reads_the_same(tmp_path: Path) -> None:
    """The real `docker compose config` gives each value of the table. All lines are in one file, under other names."""
    program = engine.compose_command()
    if program is None:
        pytest.skip("there is no docker compose here")
    name = re.compile(r"\b[AB]\b(?=\s*=|$)")
    numbered = [name.sub(rf"\g<0>{number}", lines) for number, (lines, _) in enumerate(GRAMMAR)]
    (tmp_path / ".env").write_text("\n".join(numbered) + "\n")
    names = [f"A{number}" for number in range(len(GRAMMAR))]
    service = {"image": "x", "environment": {name: f"${{{name}-not set}}" for name in names}}
    (tmp_path / "compose.yaml").write_text(json.dumps({"name": "x", "services": {"x": service}}))
    completed = subprocess.run(
        [*program, "--project-directory", str(tmp_path), "config", "--format", "json"],
        cwd=tmp_path, env={"PATH": os.environ["PATH"], **ENVIRONMENT}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    printed = json.loads(completed.stdout)["services"]["x"]["environment"]
    # `config` prints compose files, in which `$$` is a dollar sign.
    actual = {lines: printed[name].replace("$$", "$") for name, (lines, _) in zip(names, GRAMMAR, strict=True)}
    assert actual == dict(GRAMMAR)


def test_the_environment_wins_inside_of_values(tmp_path: Path) -> None:
    """As in compose, a reference means the environment's variable before the file's own."""
    file = tmp_path / ".env"
    file.write_text("B=file\nA=$B\n")
    assert envfile.read(file, {"B": "environment"})["A"].value == "environment"


def test_a_name_alone_sets_nothing(tmp_path: Path) -> None:
    """`NAME` without `=` takes what the environment has."""
    file = tmp_path / ".env"
    file.write_text("A\nB=1\n")
    assert list(envfile.read(file, {})) == ["B"]


@pytest.mark.parametrize(
    "line",
    [
        "A=${B:?needed}",
        "A=${B:+x}",
        "A=${B",
        "A=cost $",
        "A=$(date)",
        "A: x",
        "A='x'y",
        r'A="\0101"',
        "A='unclosed",
        '"x"',
    ],
)
def test_what_is_not_supported_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    """Rather than read in another way than compose would."""
    file = tmp_path / ".env"
    file.write_text(f"# first\n\n{line}\n")
    with pytest.raises(UserError) as error:
        envfile.read(file, {})
    assert error.value.where == f"{file}:3"


def test_a_missing_file_sets_nothing(tmp_path: Path) -> None:
    """compose/.env is optional."""
    assert envfile.read(tmp_path / ".env", {}) == {}


def test_a_port_with_a_comment(env_file: Path) -> None:
    """The comment is no part of the port."""
    env_file.write_text("HOLYSHEEP_WEBHOOK_PORT=8081 # ours\n")
    assert settings.port("HOLYSHEEP_WEBHOOK_PORT") == 8081


@pytest.mark.parametrize("text", ["eighty", "0", "65536", "-1", "80.5", "99999999999999999999"])
def test_what_is_no_port_is_told_with_file_and_line(env_file: Path, text: str) -> None:
    """Before compose is asked, whatever command it is."""
    env_file.write_text(f"HOLYSHEEP_KIBANA_PORT=5601\nHOLYSHEEP_WEBHOOK_PORT={text}\n")
    with pytest.raises(UserError, match="is no port") as error:
        settings.environment()
    assert error.value.where == f"{env_file}:2"
    assert "HOLYSHEEP_WEBHOOK_PORT=8080" in str(error.value)


def test_a_wrong_port_of_the_environment(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment is named, not the file that it hides."""
    env_file.write_text("HOLYSHEEP_WEBHOOK_PORT=8081\n")
    monkeypatch.setenv("HOLYSHEEP_WEBHOOK_PORT", "x")
    with pytest.raises(UserError) as error:
        settings.port("HOLYSHEEP_WEBHOOK_PORT")
    assert error.value.where == "environment variable HOLYSHEEP_WEBHOOK_PORT"


@pytest.mark.parametrize("value", ["plain", "a b", "a # b", "it's", "$HOME", "back\\slash", "two\nlines", '"quoted"'])
def test_what_an_up_was_given_is_read_back(env_file: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """The values of the last `up` are quoted, so that none is read in another way."""
    assert not env_file.exists()
    monkeypatch.setenv("HOLYSHEEP_HOST_NAME", value)
    settings.remember()
    monkeypatch.delenv("HOLYSHEEP_HOST_NAME")
    assert settings.value("HOLYSHEEP_HOST_NAME", "") == value


def test_a_change_leaves_the_rest(env_file: Path) -> None:
    """A name inside of a value of several lines is no setting; a file without a last line feed gets one."""
    env_file.write_text("A='x\nB=1\ny'\n\nB=2\nC=3")
    settings.change({"B": "4", "D": "5"})
    assert env_file.read_text() == "A='x\nB=1\ny'\n\nB=4\nC=3\nD=5\n"
