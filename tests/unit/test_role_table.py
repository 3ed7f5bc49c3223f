"""The table of roles: mistakes in it, and which roles go together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError
from generator.registry import roles
from generator.render import roles as render
from runner.cluster import people, refused

if TYPE_CHECKING:
    from pathlib import Path

    from elasticsearch import Elasticsearch

FILES = render.files(roles.load(), "acme")
TEXT = roles.PATH.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "mark", "told"),
    [
        ("right: add}", "right: own}", "right: add}", "there is no right 'own'"),
        ("kinds: [seals]", "kinds: [sealings]", "kinds: [seals]", "there is no kind 'sealings'"),
        ("  canary: synthetic lines\n", "", "kinds:", "the kind 'canary' of fields.yaml is missing"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, mark: str, told: str) -> None:
    """A right or kind that does not exist, and a kind that was forgotten."""
    assert old in TEXT
    path = tmp_path / "roles.yaml"
    path.write_text(TEXT.replace(old, new, 1))
    with pytest.raises(UserError) as caught:
        roles.load(path)
    line = 1 + TEXT.split("\n").index(next(line for line in TEXT.split("\n") if mark in line))
    assert f"roles.yaml:{line}: {told}" in str(caught.value)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["eraser", "sealer"], "one person can't be"),
        (["writer"], "there is no role holysheep_writer"),
        (["superuser"], "there is no role holysheep_superuser"),
    ],
)
def test_a_person_gets_no_role_of_a_service_and_none_that_must_be_apart(
    no_cluster: Elasticsearch, names: list[str], told: str
) -> None:
    """It is said before the cluster is asked for anything."""
    with pytest.raises(UserError, match=told):
        people.add(no_cluster, "anna", names)


def test_the_writer_only_adds() -> None:
    """Logstash's role can create documents in the pipeline's indices; no privilege of it reads, updates or deletes."""
    role = json.loads(FILES["elasticsearch/roles/holysheep_writer.json"])
    kinds = ("api", "errors", "audit", "usage", "access", "system", "rejected", "deadletter", "canary")
    assert role["cluster"] == ["monitor"]
    (indices,) = role["indices"]
    assert indices == {"names": [f"acme-{kind}-*" for kind in kinds], "privileges": ["auto_configure", "create_doc"]}


def test_no_metadata_is_reserved() -> None:
    """Elasticsearch refuses a role whose metadata has a key with an underscore in front."""
    bodies = [json.loads(text) for path, text in FILES.items() if path.endswith(".json")]
    assert len(bodies) == 9
    assert not any(key.startswith("_") for body in bodies for key in body["metadata"])


@pytest.fixture
def no_cluster() -> Elasticsearch:
    """A client of a port at which nobody listens."""
    from elasticsearch import Elasticsearch  # noqa: PLC0415 - for this fixture alone

    return Elasticsearch("http://127.0.0.1:1")


def test_nothing_is_advised_for_an_error_that_is_no_refusal() -> None:
    """Advice is for Elasticsearch's own words about a missing right."""
    assert refused.advice("no such index [x]") == ""
