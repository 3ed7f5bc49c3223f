"""Erasure with `privacy.user_ids: hmac`: the user's own key is destroyed, after the documents or in their place."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

import pytest

from runner import cli
from runner.cluster.changes import records
from runner.compliance import certificate, erase
from runner.compliance.erase import find
from runner.compliance.subject import Subject
from runner.compliance.subject_keys import VARIABLE, lookup, of_user, user_hash
from tests.integration import people
from tests.integration.node import Node
from tests.integration.test_erase import DAY, NAME, OTHER, document, rejected

pytestmark = [pytest.mark.integration, pytest.mark.newest]
Pseudonyms = tuple[Node, Path, dict[str, str], list[str]]


@pytest.fixture
def pseudonyms(empty: Node, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Pseudonyms:
    """Both persons have a key of their own, and a call and a rejected line by their pseudonym.

    The cluster, the file of keys, the pseudonyms by name, and the login of data protection.
    """
    people.add(empty, ["holysheep_eraser"])
    (tmp_path / "key").write_text("a key")
    users = {name: user_hash(b"a key", name) for name in (NAME, OTHER)}
    keys = tmp_path / "subject_keys"
    keys.write_text(
        "".join(f"{lookup(b'a key', users[name])} {digit * 64}\n" for name, digit in ((NAME, "1"), (OTHER, "2")))
    )
    monkeypatch.setenv("HOLYSHEEP_PRIVACY_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv(VARIABLE, str(keys))
    monkeypatch.setenv("ELASTICSEARCH_PASSWORD", people.PASSWORD)
    monkeypatch.setattr(certificate, "FOLDER", tmp_path / "erasures")
    # Doesn't wait until Elasticsearch lets the bytes of deleted documents go, which takes it 30 s.
    monkeypatch.setattr(erase, "GONE_S", 0.0)
    names = {name: of_user(keys, [b"a key"], name)[0].pseudonym for name in users}
    with empty.client() as es:
        for name in names.values():
            es.index(index=f"{empty.prefix}-api-{DAY}", document=document(name, 1))
            es.index(
                index=f"{empty.prefix}-rejected-{DAY}", document=rejected(f"[TEXT len=9 hmac={name}]"), refresh=True
            )
    address = ["--url", f"https://localhost:{empty.port}", "--ca", str(empty.layout.authority)]
    return empty, keys, names, [*address, "--login", "person-holysheep_eraser", "--json"]


def test_the_erasure_destroys_the_key(pseudonyms: Pseudonyms, capsys: pytest.CaptureFixture[str]) -> None:
    """Documents by pseudonym go, then the key; register, certificate and records can't be told to be the person's."""
    node, keys, names, login = pseudonyms
    assert cli.main(["erase", "--user", NAME, *login]) == 0
    counted = json.loads(capsys.readouterr().out)
    assert counted == {"documents": {"api": 1, "rejected": 1}, "pseudonyms": [names[NAME]], "erased": False}
    assert cli.main(["erase", "--user", NAME, "--request", *login]) == 0
    request = json.loads(capsys.readouterr().out)
    # The user's own key, through the privacy key; then kind and name.
    own = hmac.new(b"a key", b"holysheep subject key\n" + b"1" * 64, "sha256").hexdigest().encode()
    assert request["hmac"] == hmac.new(own, f"erasure:user:{NAME}".encode(), "sha256").hexdigest()
    code = cli.main(["erase", "--user", NAME, "--yes", *login])
    done = json.loads(capsys.readouterr().out)
    assert (done["request"], done["documents"]) == (request["id"], {"api": 1, "rejected": 1})
    if code == 1:
        # Bytes are in the data files still: key and request stay as they are until the command is repeated.
        assert (done["keys"], len(keys.read_text().splitlines())) == (0, 2)
        assert done["salt"] not in Path(done["certificate"]).read_text()
        assert cli.main(["erase", "--user", NAME, "--yes", *login]) == 0
        done = json.loads(capsys.readouterr().out)
    assert (done["request"], done["keys"]) == (request["id"], 1)
    assert keys.read_text() == f"{lookup(b'a key', user_hash(b'a key', OTHER))} {'2' * 64}\n"
    text = (keys.parent / "erasures" / Path(done["certificate"]).name).read_text()
    assert done["salt"] not in text
    assert json.loads(text)["sha256"] == hashlib.sha256(f"{done['salt']}{NAME}".encode()).hexdigest()
    assert cli.main(["erase", "--list", *login]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["state"], listed["keys"]) == ("done", 1)
    with node.client() as es:
        assert {item["reason"] for item in records(es, node.prefix)} == {"erasure"}
        assert find(es, node.prefix, Subject("user", names[OTHER])) == {"api": 1, "rejected": 1}


def test_the_key_alone_is_destroyed(pseudonyms: Pseudonyms, capsys: pytest.CaptureFixture[str]) -> None:
    """Refused while documents of before have the hash by the privacy key; then all documents stay, and are nobody's."""
    node, keys, names, login = pseudonyms
    command = ["erase", "--user", NAME, "--key-only", "--yes", *login]
    with node.client() as es:
        before = es.index(
            index=f"{node.prefix}-api-{DAY}", document=document(user_hash(b"a key", NAME), 2), refresh=True
        )
        assert cli.main(command) == 2
        assert "its hash by the privacy key: 1 in api" in capsys.readouterr().err
        assert len(keys.read_text().splitlines()) == 2
        es.delete(index=before["_index"], id=before["_id"], refresh=True)
        assert cli.main(command) == 0
        done = json.loads(capsys.readouterr().out)
        assert (done["documents"], done["keys"], done["not_merged"]) == ({}, 1, [])
        assert find(es, node.prefix, Subject("user", names[NAME])) == {"api": 1, "rejected": 1}
        assert find(es, node.prefix, Subject("user", NAME, (b"a key",), of_user(keys, [b"a key"], NAME))) == {}
    assert cli.main(command) == 2
    assert "there is no key of this user" in capsys.readouterr().err
