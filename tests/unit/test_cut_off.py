"""JSON files that were cut off: a full disk, a copy that was broken off. Every reader names the file and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError
from generator.files import read_json
from runner.answers import queries
from runner.cluster import refused, rendered
from runner.lines.feed import rules_of
from runner.runtimes.docker import apikey, samples
from runner.runtimes.embedded import secret
from runner.upgrade import journal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CUT = '{\n "a": {\n'
RENDER = "run `make render`"


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    """As json.loads reads it."""
    path = tmp_path / "a.json"
    path.write_text('{"a": [1, "é"]}', encoding="utf-8")
    assert read_json(path, "") == {"a": [1, "é"]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (CUT.encode(), ":3: is no whole JSON: expecting property name enclosed in double quotes, do this"),
        (b"", ":1: is no whole JSON: expecting value, do this"),
        (b'{"a": "\xff"}', ": is not text, do this"),
        (None, ": this file is missing, do this"),
    ],
)
def test_what_cant_be_read_is_told_with_its_line(content: bytes | None, message: str, tmp_path: Path) -> None:
    """The file, the line, what is wrong, and the hint."""
    path = tmp_path / "a.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError) as error:
        read_json(path, "do this")
    assert str(error.value) == f"{path}{message}"


READERS: list[tuple[str, Callable[[Path], object]]] = [
    ("catalogue.json", queries.names),
    ("one.json", lambda folder: queries.load(folder, "one")),
    ("rules.json", lambda folder: rules_of(folder / "rules.json")),
    ("index_templates/a.json", rendered.read),
]


@pytest.mark.parametrize(("name", "read"), READERS, ids=[name for name, _ in READERS])
def test_a_rendered_file_is_rendered_again(name: str, read: Callable[[Path], object], tmp_path: Path) -> None:
    """The hint is `make render`."""
    (tmp_path / "catalogue.json").write_text('{"one": {}}')
    (tmp_path / "apply.txt").write_text("index_templates _index_template\n")
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(CUT)
    with pytest.raises(UserError) as error:
        read(tmp_path)
    assert (error.value.where, error.value.hint) == (f"{path}:3", RENDER)


def test_a_role_is_rendered_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both readers of roles: for advice, and for the key of an existing cluster."""
    path = tmp_path / "elasticsearch" / "roles" / f"{apikey.WRITER}.json"
    path.parent.mkdir(parents=True)
    path.write_text(CUT)
    monkeypatch.setattr(refused, "ROOT", tmp_path)
    monkeypatch.setattr(apikey, "ROLES", path.parent)
    refused.roles.cache_clear()
    for read in (refused.roles, apikey.descriptor):
        with pytest.raises(UserError) as error:
            read()
        assert (error.value.where, error.value.hint) == (f"{path}:3", RENDER)


def test_of_state_the_hint_says_what_to_delete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was fed, the journal of an upgrade, the passwords."""
    for name in ("fed.json", "upgrade.json", "passwords.json"):
        (tmp_path / name).write_text(CUT)
    monkeypatch.setattr(samples, "FED", tmp_path / "fed.json")
    monkeypatch.setattr(journal, "FILE", tmp_path / "upgrade.json")
    with pytest.raises(UserError, match=r"fed\.json:3: .*, delete it: "):
        samples.feed([], lambda _: None, again=False)
    with pytest.raises(UserError, match=r"upgrade\.json:3: .*, delete it: "):
        journal.read()
    with pytest.raises(UserError, match=r"passwords\.json:3: .*`make clean`"):
        secret.passwords(tmp_path)
