"""The file of users' keys: drawn once, shared by processes, kept over a restart, destroyed for good."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Final

import pytest

from runner.compliance import subject_keys
from runner.compliance.subject_keys import of_user
from tests.cases.hashing import call, hashing, pseudonym, subjects, users
from tests.filterrun import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.filterrun import Filter, Json

pytestmark = pytest.mark.jruby
KEY: Final = "a privacy key"
#: A running filter looks at the file once a second.
NOTICED_S: Final = 1.2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the two filters."""
    return tmp_path_factory.mktemp("subjects")


@pytest.fixture(scope="module")
def two(command: list[str], case_rules: Json, folder: Path) -> Iterator[tuple[Filter, Filter]]:
    """Two processes with one file of keys, as two nodes of Logstash have it."""
    first, second = hashing(command, case_rules, folder, KEY), hashing(command, case_rules, folder, KEY)
    yield first, second
    for running in (first, second):
        running.close()


def lines(folder: Path) -> list[str]:
    """The lines of the file of keys."""
    return subjects(folder).read_text().splitlines()


def test_two_processes_add_users_at_once(two: tuple[Filter, Filter], folder: Path) -> None:
    """80 new users through both at once, in opposite order, while the file is replaced: each has one key."""
    names = [f"user-{number}" for number in range(80)]
    answers: dict[int, list[str | None]] = {}

    def feed(number: int, order: list[str]) -> None:
        answers[number] = users(two[number].run("middleware", [call(name) for name in order]))

    threads = [threading.Thread(target=feed, args=pair) for pair in ((0, names), (1, names[::-1]))]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        if subjects(folder).is_file():
            subject_keys.destroy(subjects(folder), {"0" * 32})
        time.sleep(0.1)
    assert answers[0] == answers[1][::-1]
    assert answers[0] == [pseudonym(folder, name) for name in names]
    assert len(set(answers[0])) == len(lines(folder)) == 80
    assert stat.S_IMODE(subjects(folder).stat().st_mode) == 0o600


def test_a_destroyed_key_makes_a_pseudonym_nobodys(two: tuple[Filter, Filter], folder: Path) -> None:
    """No file has the key any more, the old one's bytes neither; both processes go over to a new pseudonym together.

    Other users keep theirs. The same line again is the same document.
    """
    (anna_before,), (ben_before,) = two[0].run("middleware", [call("anna"), call("ben")])
    (key,) = of_user(subjects(folder), [KEY.encode()], "anna")
    assert key.pseudonym == anna_before["_source"]["user"]["id"]
    secret = next(line for line in lines(folder) if line.startswith(key.lookup)).split()[1]
    with subjects(folder).open("rb") as old:
        assert subject_keys.destroy(subjects(folder), {key.lookup}) == 1
        assert secret.encode() not in old.read()
    assert of_user(subjects(folder), [KEY.encode()], "anna") == ()
    assert [path.name for path in folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()] == []
    time.sleep(NOTICED_S)
    (anna,), (ben,) = two[0].run("middleware", [call("anna"), call("ben")])
    ((anna_elsewhere,),) = two[1].run("middleware", [call("anna")])
    after = [document["_source"]["user"]["id"] for document in (anna, anna_elsewhere)]
    assert after == [pseudonym(folder, "anna")] * 2
    assert after[0] != key.pseudonym
    assert ben == ben_before
    assert anna["_id"] == anna_before["_id"]


def test_a_restart_changes_nothing(
    command: list[str], case_rules: Json, two: tuple[Filter, Filter], folder: Path, tmp_path: Path
) -> None:
    """The same file in another process gives the same pseudonym, also behind a line that a power failure cut off."""
    (before,) = users(two[0].run("middleware", [call("carla")]))
    copied = tmp_path / "copied"
    shutil.copytree(folder, copied)
    with subjects(copied).open("a") as file:
        file.write("0123456789abcdef0123456789abcdef 01234")
    running = hashing(command, case_rules, copied, KEY)
    try:
        assert users(running.run("middleware", [call("carla"), call("new")])) == [before, pseudonym(copied, "new")]
    finally:
        running.close()


def test_without_a_place_for_keys_no_user_is_stored(
    command: list[str], case_rules: Json, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither the id nor the hash that all users share; the call is there and says so, the log once."""
    (tmp_path / "filter").mkdir()
    (tmp_path / "filter" / "subjects").write_text("a file where the folder should be")
    running = hashing(command, case_rules, tmp_path / "filter", KEY)
    try:
        answers = running.run("middleware", [call(f"user-{number}", owner=f"user-{number}") for number in range(20)])
    finally:
        running.close()
    assert users(answers) == [None] * 20
    assert "user-1" not in json.dumps(answers)
    for number, (document,) in enumerate(answers):
        assert document["_source"]["holysheep"]["problems"] == [
            "user: left out, because the user's key could not be stored (docs/privacy.md)"
        ]
        assert subject_keys.user_hash(KEY.encode(), f"user-{number}") not in json.dumps(document)
    log = [line for line in capfd.readouterr().err.splitlines() if "holysheep" in line]
    assert len(log) == 1
    assert "keys of new users can't be stored" in log[0]
    assert str(subjects(tmp_path / "filter").parent) in log[0]


def test_the_table_has_a_limit(command: list[str], tmp_path: Path) -> None:
    """Two of three users get keys, where two may be; who has one keeps it."""
    script = f"""
      require "{ROOT}/logstash/ruby/holysheep/subject_keys"
      keys = HolySheep::SubjectKeys.new("{tmp_path}/subject_keys", most: 2)
      drawn = %w[a b c a].map {{ |name| keys.of(name * 32) }}
      p drawn.map {{ |key| key&.size }}, drawn[0] == drawn[3]
    """
    done = subprocess.run([*command, "-e", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[64, 64, nil, 64]\ntrue\n"
    assert "has 2 users, the most there may be" in done.stderr
