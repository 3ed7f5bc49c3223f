"""Values of variables, and secret files, that can't be right: refused by name, before anything starts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError
from runner.runtimes.docker import secrets as secret_files
from runner.runtimes.docker import settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A compose/.env of its own, and no variable of the caller's."""
    for name in [name for name in os.environ if name.startswith(("HOLYSHEEP_", "COMPOSE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(settings, "REMEMBERED", tmp_path / "last-up.env")
    monkeypatch.setattr(settings, "ENV_FILE", tmp_path / ".env")
    settings.forget_cached()
    yield tmp_path
    settings.forget_cached()


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [
        ("HOLYSHEEP_LOGSTASH_MEMORY", ("lots", "2 apples", "-1g"), ("2560m", "2.5g", "3GiB")),
        ("HOLYSHEEP_LOGSTASH_HEAP", ("5", "1.5g", "1gb"), ("1g", "1024m", "1073741824")),
        ("HOLYSHEEP_QUEUE_MAX_BYTES", ("manygb", "4 gigabytes"), ("4gb", "512mb", "1.5tb")),
        ("HOLYSHEEP_UID", ("root", "-1"), ("1000", "0")),
        ("HOLYSHEEP_CERT_DAYS", ("abc", "0"), ("1095",)),
        ("HOLYSHEEP_CANARY_S", ("1m",), ("0", "60")),
    ],
)
def test_a_value_of_another_form_is_refused_by_name(
    name: str, wrong: tuple[str, ...], right: tuple[str, ...], checkout: Path
) -> None:
    """With the file and the line, and with a value that would do; before anything is started."""
    for text in wrong:
        (checkout / ".env").write_text(f"# ours\n{name}={text}\n")
        settings.forget_cached()
        with pytest.raises(UserError) as raised:
            settings.environment()
        assert str(raised.value).startswith(f"{checkout / '.env'}:2: {name} is {text!r}, which is not a")
        assert f"write {name}=" in str(raised.value)
    for text in right:
        (checkout / ".env").write_text(f"{name}={text}\n")
        settings.forget_cached()
        settings.environment()


def test_a_file_in_place_of_a_folder_is_named(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its variable: `File exists` would not tell what to change."""
    (checkout / "file").touch()
    monkeypatch.setenv("HOLYSHEEP_LOGS", str(checkout / "file"))
    with pytest.raises(UserError, match=r"HOLYSHEEP_LOGS names \S+/file, which is no folder"):
        settings.logs()


@pytest.mark.parametrize(("make", "words"), [("touch", "is empty"), ("mkdir", "is no file")])
def test_a_secret_that_cant_be_one_is_refused(checkout: Path, make: str, words: str) -> None:
    """An empty password would be one; a folder is what the engine makes in place of a file that is missing."""
    getattr(checkout / "webhook_password", make)()
    with pytest.raises(UserError, match=words):
        secret_files.ensure(checkout, owner=os.getuid(), data_exists=False)
    assert [path.name for path in checkout.iterdir()] == ["webhook_password"]


@pytest.mark.parametrize(("data_exists", "lines"), [(False, 1), (True, 2)])
def test_a_lost_key_is_told_where_documents_were_made_with_it(checkout: Path, data_exists: bool, lines: int) -> None:  # noqa: FBT001  # a column
    """Users would have new pseudonyms without a word; at the first start nothing was lost."""
    secret_files.ensure(checkout, owner=os.getuid(), data_exists=False)
    (checkout / "privacy_key").unlink()
    made = secret_files.ensure(checkout, owner=os.getuid(), data_exists=data_exists)
    told = secret_files.told(made, checkout, data_exists=data_exists)
    assert made == ["privacy_key"]
    assert len(told) == lines
    assert ("every user has a new pseudonym" in told[-1]) is data_exists
