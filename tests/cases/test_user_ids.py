"""`privacy.user_ids: hmac`: no user id reaches a document; filter and erasure make the same pseudonym of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holysheep.privacy import Users
from holysheep.settings import Settings
from runner.compliance.subject_keys import of_user, user_hash
from tests.cases.hashing import call, hashing, pseudonym, subjects, users

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.filterrun import Filter, Json

pytestmark = pytest.mark.jruby
VECTORS, SUBJECTS = (
    json.loads((Path(__file__).parents[1] / "vectors" / name).read_text("utf-8"))["vectors"]
    for name in ("user_ids.json", "subject_keys.json")
)
KEY: Final = VECTORS[1]["key"]
#: Ids of at least four characters, which are replaced within texts too. No quotes and backslashes: JSON escapes those,
#: and a search of the documents' text would prove nothing.
IDS: Final = st.text(
    st.characters(codec="utf-8", exclude_characters='"\\', exclude_categories=("C",)), min_size=4, max_size=40
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the filter `hashed`."""
    return tmp_path_factory.mktemp("hashed")


@pytest.fixture(scope="module")
def hashed(command: list[str], case_rules: Json, folder: Path) -> Iterator[Filter]:
    """A filter with the privacy key KEY."""
    running = hashing(command, case_rules, folder, KEY)
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
def test_the_hash_by_the_privacy_key(tmp_path: Path, vector: dict[str, str]) -> None:
    """Client and erasure agree with RFC 4231 and with openssl."""
    (tmp_path / "client").write_text(vector["key"], encoding="utf-8")
    assert Users(Settings(user_key_file=tmp_path / "client")).of(vector["user"]) == vector["hash"]
    assert user_hash(vector["key"].encode(), vector["user"]) == vector["hash"]


@pytest.mark.parametrize("vector", SUBJECTS, ids=lambda vector: vector["user"])
def test_the_pseudonym_by_the_users_own_key(hashed: Filter, folder: Path, vector: dict[str, str]) -> None:
    """Erasure and filter agree with openssl. The filter takes over a key that another process has added."""
    assert (folder / "key").read_text().strip() == vector["privacy_key"]
    subjects(folder).parent.mkdir(exist_ok=True)
    with subjects(folder).open("a") as file:
        file.write(f"{vector['lookup']} {vector['key']}\n")
    assert pseudonym(folder, vector["user"]) == vector["pseudonym"]
    assert users(hashed.run("middleware", [failed_call(vector["user"])])) == [vector["pseudonym"]]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(user=IDS)
def test_no_id_reaches_a_document(hashed: Filter, folder: Path, user: str) -> None:
    """Of any text: `user.id` is the pseudonym, and no text of the call and its copy in `errors` has the id."""
    (documents,) = hashed.run("middleware", [failed_call(user)])
    assert len(documents) == 2
    for document in of(documents):
        assert document["user"] == {"id": pseudonym(folder, user)}
        assert document["gen_ai"]["request"]["model"] == "gpt-4.1"
        rest = {name: value for name, value in document.items() if name in ("error", "user", "holysheep")}
        assert user not in json.dumps(rest["error"], ensure_ascii=False)
        assert user not in json.dumps(rest["holysheep"].get("metadata"), ensure_ascii=False)
        # The hash by the privacy key alone would lead to the user when the own key is destroyed.
        assert user_hash(KEY.encode(), user) not in json.dumps(rest)


@pytest.mark.parametrize("user", [7, "7", "gpt", "success"])
def test_short_ids_and_words_change_no_other_field(hashed: Filter, folder: Path, user: object) -> None:
    """An id that is a number or equals a value of ours is hashed in its field, and the rest stays as it is."""
    (documents,) = hashed.run("middleware", [failed_call(user)])
    call = of(documents)[0]
    assert call["user"]["id"] == pseudonym(folder, str(user))
    assert call["event"]["outcome"] == "failure"
    assert call["gen_ai"]["request"]["model"] == "gpt-4.1"


def test_a_user_of_the_clients_lines_is_the_same_user(hashed: Filter, folder: Path) -> None:
    """The client wrote the hash by the same privacy key: one pseudonym, and one key that an erasure destroys."""
    digest = VECTORS[1]["hash"]
    (client,), (middleware,) = (
        hashed.run(source, [call(user, **more)])
        for source, user, more in (("client", digest, {"log_id": "1"}), ("middleware", VECTORS[1]["user"], {}))
    )
    assert users([client, middleware]) == [pseudonym(folder, VECTORS[1]["user"])] * 2
    assert digest not in json.dumps([client, middleware])


def test_agents_and_rejected_lines_name_nobody(hashed: Filter, folder: Path) -> None:
    """Payloads of agents that name the user; lines that are not understood, whole and cut off, have the pseudonym."""
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
        assert pseudonym(folder, "user-022") in json.dumps(rejected)
        assert VECTORS[1]["hash"] not in json.dumps(rejected)
    (numbered,) = hashed.run("client", [b'{"what": 12345, "userId": 67890}'])
    outline = of(numbered)[0]["holysheep"]["rejected"]["original"]
    assert outline == f'{{"what": 12345, "userId": "[TEXT len=5 hmac={user_hash(KEY.encode(), "67890")}]"}}'
    # Who has no key yet gets none by a line that is not understood.
    (rejected,) = hashed.run("client", [b'{"what": 1, "userId": "never-seen"}'])
    assert user_hash(KEY.encode(), "never-seen") in json.dumps(rejected)
    assert of_user(subjects(folder), [KEY.encode()], "never-seen") == ()


def test_users_of_access_lines_have_pseudonyms(hashed: Filter, folder: Path) -> None:
    """In `user.name`, in the path and in the referrer; a line without a user has none."""
    line = '10.0.0.7 - {} [15/Jan/2025:10:30:00 +0000] "GET /users/{} HTTP/1.1" 200 7 "https://x.example/{}" "curl/8"'
    named, nobody = hashed.run("access", [line.format(*["user-022"] * 3).encode(), line.format("-", "a", "a").encode()])
    same = pseudonym(folder, "user-022")
    (document,) = of(named)
    assert document["user"] == {"name": same}
    assert document["url"]["path"] == f"/users/{same}"
    assert "user-022" not in json.dumps(document)
    assert "user" not in of(nobody)[0]


def test_without_a_key_no_id_is_kept(
    command: list[str], case_rules: Json, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A plain hash could be guessed, so there is no `user.id` then; the call and the log say so."""
    running = hashing(command, case_rules, tmp_path / "none", "")
    try:
        (documents,) = running.run("middleware", [failed_call("user-022")])
    finally:
        running.close()
    assert len(documents) == 2
    assert "user-022" not in json.dumps(documents)
    assert all("user" not in document for document in of(documents))
    said = "user: left out, because there is no readable privacy key (docs/privacy.md)"
    assert [document["holysheep"]["problems"] for document in of(documents)] == [[said], [said]]
    log = capfd.readouterr().err
    assert "there is no readable privacy key (HOLYSHEEP_PRIVACY_KEY_FILE)" in log
    assert "user-022" not in log
