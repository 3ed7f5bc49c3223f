"""Files are written whole or not at all."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING

import pytest

from generator.paths import ROOT
from runner.host import files

if TYPE_CHECKING:
    from pathlib import Path


def test_a_failure_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    """Text that can't be encoded stops the writing half way."""
    file = tmp_path / "file"
    file.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        files.write_whole(file, "new\ud800")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(("mode", "expected"), [(None, 0o640), (0o600, 0o600), (0o644, 0o644)])
def test_the_rights(tmp_path: Path, mode: int | None, expected: int) -> None:
    """Those that are asked for, else those of the old file."""
    file = tmp_path / "file"
    file.touch(mode=0o640)
    file.chmod(0o640)
    files.write_whole(file, "text", mode=mode)
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("text", expected)


def test_a_link_stays_one(tmp_path: Path) -> None:
    """The file that the link points to gets the text."""
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    files.write_whole(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_private_file(tmp_path: Path) -> None:
    """Neither the file nor its folder is open to others."""
    file = tmp_path / "secrets" / "password"
    files.write_private(file, "word")
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_the_first_private_file_stays(tmp_path: Path) -> None:
    """A second text is dropped, as that of a process that started at the same time; nothing is left beside it."""
    file = tmp_path / "secrets" / "key"
    files.create_private(file, "first")
    files.create_private(file, "second")
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("first", 0o600)
    assert list(file.parent.iterdir()) == [file]


def test_the_owner_is_set_before_the_file_is_there(tmp_path: Path) -> None:
    """An owner that the system refuses leaves the old file, with no new one beside it."""
    file = tmp_path / "roles.yml"
    file.write_text("old")
    files.write_whole(file, "new", owner=(os.getuid(), os.getgid()))
    assert file.read_text() == "new"
    # No system has this user id: chown takes 32 bits, and all bits set mean "leave as it is".
    with pytest.raises((OSError, OverflowError)):
        files.write_whole(file, "newer", owner=(2**32, 0))
    assert file.read_text() == "new"
    assert list(tmp_path.iterdir()) == [file]


def test_nothing_else_replaces_files_by_hand() -> None:
    """`generator.files` is the only module that makes and renames a temporary file."""
    modules = [path for folder in ("client", "generator", "runner") for path in (ROOT / folder).rglob("*.py")]
    by_hand = {
        str(path.relative_to(ROOT))
        for path in modules
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"mkstemp", "NamedTemporaryFile"}
    }
    assert by_hand == {"generator/files.py"}
