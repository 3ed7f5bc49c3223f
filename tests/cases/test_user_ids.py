"""`privacy.user_ids: hmac`: no user id reaches a document; filter, client and erasure make the same hash of it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holysheep.privacy import Users
from holysheep.settings import Settings
from runner.compliance.subject import user_hash
from tests.filterrun import Filter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.filterrun import Json

pytestmark = pytest.mark.jruby
VECTORS: Final = json.loads((Path(__file__).parents[1] / "vectors" / "user_ids.json").read_text("utf-8"))["vectors"]
KEY: Final = VECTORS[1]["key"]
#: Ids of at least four characters, which are replaced within texts too. No quotes and backslashes: JSON escapes those,
#: and a search of the documents' text would prove nothing.
IDS: Final = st.text(
    st.characters(codec="utf-8", exclude_characters='"\\', exclude_categories=("C",)), min_size=4, max_size=40
)


def hashing(command: list[str], rules: Json, folder: Path, key: str) -> Filter:
    """A filter with `user_ids: hmac` and a key; an empty one for none."""
    folder.mkdir(exist_ok=True)
    (folder / "rules.json").write_text(json.dumps({**rules, "keep": {**rules["keep"], "user_ids": "hmac"}}))
    (folder / "key").write_text(f"{key}\n", encoding="utf-8")
    return Filter(command, folder / "rules.json", {**os.environ, "HOLYSHEEP_PRIVACY_KEY_FILE": str(folder / "key")})


@pytest.fixture(scope="module")
def hashed(command: list[str], case_rules: Json, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filter]:
    """A filter that hashes user ids with KEY."""
    running = hashing(command, case_rules, tmp_path_factory.mktemp("hashed"), KEY)
    yield running
    running.close()


def failed_call(user: object) -> bytes:
    """A call that says its user in its own field, under other keys, and in the error's text."""
    line = {
        "timestamp": "2025-01-15T10:30:00Z", "model": "gpt-4.1", "prompt_tokens": 10, "completion_tokens": 0,
        "status": "error", "error": f"quota of {user} is used up", "user_id": user,
        "metadata": {"owner": user, "by": [user], "note": f"for {user}", "account": {"userName": user}},
    }  # fmt: skip
    return json.dumps(line, ensure_ascii=False).encode()


def of(documents: list[Json]) -> list[Json]:
    """The documents alone."""
    return [item["_source"] for item in documents]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["user"])
def test_the_shared_vectors(command: list[str], case_rules: Json, tmp_path: Path, vector: dict[str, str]) -> None:
    """Filter, client and erasure agree with RFC 4231 and with openssl."""
    (tmp_path / "client").write_text(vector["key"], encoding="utf-8")
    assert Users(Settings(user_key_file=tmp_path / "client")).of(vector["user"]) == vector["hash"]
    assert user_hash(vector["key"].encode(), vector["user"]) == vector["hash"]
    running = hashing(command, case_rules, tmp_path / "filter", vector["key"])
    try:
        (documents,) = running.run("middleware", [failed_call(vector["user"])])
    finally:
        running.close()
    assert {document["user"]["id"] for document in of(documents)} == {vector["hash"]}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(user=IDS)
def test_no_id_reaches_a_document(hashed: Filter, user: str) -> None:
    """Of any text: `user.id` is the client's hash, and no text of the call and its copy in `errors` has the id."""
    (documents,) = hashed.run("middleware", [failed_call(user)])
    assert len(documents) == 2
    for document in of(documents):
        assert document["user"] == {"id": user_hash(KEY.encode(), user)}
        assert document["gen_ai"]["request"]["model"] == "gpt-4.1"
        rest = {name: value for name, value in document.items() if name in ("error", "user", "holysheep")}
        assert user not in json.dumps(rest["error"], ensure_ascii=False)
        assert user not in json.dumps(rest["holysheep"].get("metadata"), ensure_ascii=False)


@pytest.mark.parametrize("user", [7, "7", "gpt", "success"])
def test_short_ids_and_words_change_no_other_field(hashed: Filter, user: object) -> None:
    """An id that is a number or equals a value of ours is hashed in its field, and the rest stays as it is."""
    (documents,) = hashed.run("middleware", [failed_call(user)])
    call = of(documents)[0]
    assert call["user"]["id"] == user_hash(KEY.encode(), str(user))
    assert call["event"]["outcome"] == "failure"
    assert call["gen_ai"]["request"]["model"] == "gpt-4.1"


def test_what_the_client_has_hashed_is_not_hashed_again(hashed: Filter) -> None:
    """So a user of the client's lines is the user of the webhook's lines."""
    digest = VECTORS[1]["hash"]
    line = {
        "timestamp": "2025-01-15T10:30:00Z",
        "log_id": "1",
        "model": "gpt-4.1",
        "user_id": digest,
        "status": "success",
    }
    line |= {"prompt_tokens": 1, "completion_tokens": 1}
    (client,), (middleware,) = (hashed.run(source, [json.dumps(line).encode()]) for source in ("client", "middleware"))
    assert of(client)[0]["user"]["id"] == digest
    assert of(middleware)[0]["user"]["id"] == user_hash(KEY.encode(), digest)


def test_agents_and_rejected_lines_name_nobody(hashed: Filter) -> None:
    """Payloads of agents that name the user; a line that is not understood, whole and broken off, keeps a hash."""
    agent = {
        "timestamp": "2025-06-15T10:30:00Z", "agent_id": "a", "session_id": "of user-022", "user_id": "user-022",
        "model": "gpt-4.1", "request_payload": {"for": "user-022"}, "response_payload": "hello user-022",
        "tokens_input": 1, "tokens_output": 1, "status": "success", "trace_id": "t", "action": "plan",
    }  # fmt: skip
    (documents,) = hashed.run("agent", [json.dumps(agent).encode()])
    assert "audit" in json.dumps(documents)
    assert "user-022" not in json.dumps(documents)
    for line in (
        '{"what": 1, "userId": "user-022", "user": {"id": "user-022"}}',
        '{"what": 1, "end_user": "user-022", "x',
    ):
        (rejected,) = hashed.run("client", [line.encode()])
        assert "rejected" in json.dumps(rejected)
        assert "user-022" not in json.dumps(rejected)
        assert VECTORS[1]["hash"] in json.dumps(rejected)


def test_without_a_key_no_id_is_kept(command: list[str], case_rules: Json, tmp_path: Path) -> None:
    """A plain hash could be guessed, so there is no `user.id` then; the call is there."""
    running = hashing(command, case_rules, tmp_path / "none", "")
    try:
        (documents,) = running.run("middleware", [failed_call("user-022")])
    finally:
        running.close()
    assert len(documents) == 2
    assert "user-022" not in json.dumps(documents)
    assert all("user" not in document for document in of(documents))
