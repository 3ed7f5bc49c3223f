"""Files are written whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

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
