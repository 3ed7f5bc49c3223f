"""What breaks, and that every line that went in comes out once all the same."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.stack import feed
from tests.stack.faults import all_once, arrived, kill
from tests.stack.load import PACE_S, SLOW_S, Load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from elasticsearch import Elasticsearch

    from tests.stack.stack import Stack

pytestmark = pytest.mark.stack
#: How long Elasticsearch is away.
OUTAGE_S = float(os.environ.get("HOLYSHEEP_OUTAGE_S", "120"))
DAY = "2025.04.01"


@pytest.mark.parametrize("service", ["filebeat", "logstash", "elasticsearch", "kibana"])
def test_kill_9_under_load(stack: Stack, service: str) -> None:
    """Each part is killed while lines come in; the engine starts it again, and every line is there once."""
    with Load(stack, f"kill-{service}", SLOW_S if service == "elasticsearch" else PACE_S) as load:
        stack.wait(lambda: arrived(stack, load) > 0, "the first lines are there")
        kill(stack, service)
        after = load.written
        stack.wait(lambda: load.written > after, "lines were written after it")
    all_once(stack, load)


def test_elasticsearch_away(stack: Stack) -> None:
    """While Elasticsearch is away lines wait on disk; afterwards every line is there once."""
    elasticsearch = stack.container("elasticsearch")
    with Load(stack, "outage", SLOW_S) as load:
        stack.wait(lambda: arrived(stack, load) > 0, "the first lines are there")
        elasticsearch.stop(timeout=60)
        try:
            stack.wait(lambda: (stack.queued() or 0) > 0, "lines wait in the queue")
            # The length of the outage is what is tested.
            stack.passes(OUTAGE_S)
            assert feed.post(stack, b"".join(feed.calls("outage-webhook", range(10)))) == 200
        finally:
            elasticsearch.start()
        stack.wait(lambda: stack.healthy("elasticsearch"), "Elasticsearch is healthy again")
    all_once(stack, load)
    assert feed.ids(stack, "outage-webhook") == feed.ids_of("outage-webhook", range(10))


def wrong_password(es: Elasticsearch) -> None:
    """Every request of the writer gets 401."""
    es.security.change_password(username="holysheep_writer", password="another-password-than-logstash-has")  # noqa: S106


def no_role(es: Elasticsearch) -> None:
    """Every document of the writer gets 403."""
    es.security.put_user(username="holysheep_writer", roles=[])


@pytest.fixture
def writer(stack: Stack) -> Iterator[Callable[[], None]]:
    """Puts the writer's rights back; done at the latest when the test ends."""

    def restore() -> None:
        with stack.client() as es:
            es.security.put_user(
                username="holysheep_writer", password=stack.secret("writer_password"), roles=["holysheep_writer"]
            )

    yield restore
    restore()


@pytest.mark.parametrize("revoke", [wrong_password, no_role], ids=["401", "403"])
def test_revoked_writer(
    stack: Stack, writer: Callable[[], None], revoke: Callable[[Elasticsearch], None], request: pytest.FixtureRequest
) -> None:
    """Lines that come while Logstash's user is refused wait, and are there once it may write again."""
    tag = f"revoked-{request.node.callspec.id}"
    with stack.client() as es:
        revoke(es)
    feed.place(stack, f"client/{tag}.log", b"".join(feed.calls(tag, range(500))))
    stack.wait(lambda: (stack.queued() or 0) > 0, "lines wait in the queue")
    assert feed.ids(stack, tag) == []
    writer()
    stack.wait(lambda: len(feed.ids(stack, tag)) >= 500, "all lines are there")
    stack.drained()
    assert feed.ids(stack, tag) == feed.ids_of(tag, range(500))


def of_the_day(number: int, session: str) -> bytes:
    """A line of the day whose index is not what the template says."""
    (line,) = feed.calls("bulk", range(number, number + 1))
    return line.replace(b"2025-03-01", b"2025-04-01").replace(
        b'"user_id"', b'"session_id":"%s","user_id"' % session.encode()
    )


def test_one_bad_document_in_a_bulk(stack: Stack) -> None:
    """A document that Elasticsearch refuses is a dead letter with its reason; the others of its bulk are there."""
    index = f"{stack.prefix}-api-{DAY}"
    number = {"gen_ai": {"properties": {"conversation": {"properties": {"id": {"type": "long"}}}}}}
    with stack.client() as es:
        es.indices.create(index=index, mappings={"properties": number})
    lines = [of_the_day(number, "nobody" if number == 50 else str(number)) for number in range(100)]
    assert feed.post(stack, b"".join(lines)) == 200
    refused = {"term": {"holysheep.deadletter.index": index}}
    stack.wait(lambda: stack.counts(refused) == {"deadletter": 1}, "the dead letter is there")
    stack.drained()
    (hit,) = stack.search("deadletter-*", refused)["hits"]["hits"]
    letter: dict[str, Any] = hit["_source"]["holysheep"]["deadletter"]
    assert "gen_ai.conversation.id" in letter["reason"]
    # The document's text is withheld, as in all that the card doesn't keep: its length and keyed hash stay.
    withheld = json.loads(letter["document"])["gen_ai"]["conversation"]["id"]
    assert re.fullmatch(r"\[TEXT len=6 hmac=[0-9a-f]{16}\]", withheld)
    bulk_ids = feed.ids_of("bulk", range(100))
    bulk_ids.remove("bulk-000050")
    assert feed.ids(stack, "bulk") == bulk_ids


@pytest.mark.official("filebeat")
@pytest.mark.parametrize("how", ["rename", "copytruncate"])
def test_rotation_under_load(stack: Stack, how: str) -> None:
    """A log that is rotated while it grows is read to its end, and its successor from the start."""
    # Filebeat takes a log for cut when it is shorter than at its last look, a second ago. So it must not reach its old
    # length within a few seconds, which is what a log that is worth cutting never does (docs/log-rotation.md).
    lines = {"rename": 500, "copytruncate": 2500}[how]
    with Load(stack, f"rotate-{how}") as load:
        for turn in range(3):
            until = load.written + lines
            stack.wait(lambda until=until: load.written >= until, "the log has grown")
            rotated = load.path.with_name(f"{load.path.name}.{turn}")
            if how == "rename":
                load.path.rename(rotated)
                continue
            # Lines that are written between the copy and the cut are lost by copytruncate itself: none is here.
            with load.paused():
                stack.wait(lambda: arrived(stack, load) >= load.written, "all was read")
                rotated.write_bytes(load.path.read_bytes())
                os.truncate(load.path, 0)
    all_once(stack, load)


@pytest.mark.official("logstash", "filebeat")
def test_full_queue(stack: Stack) -> None:
    """With Elasticsearch away and the queue full nothing is lost: what doesn't fit waits in its files."""
    elasticsearch = stack.container("elasticsearch")
    padding = b'"metadata":{"source":"%s"},"user_id"' % (b"x" * 8000)
    numbers = range(12_000)
    stack.compose.environment["HOLYSHEEP_QUEUE_MAX_BYTES"] = "64mb"
    try:
        stack.run("up", "--detach", "--wait", "--no-deps", "logstash")
        elasticsearch.stop(timeout=60)
        lines = [line.replace(b'"user_id"', padding) for line in feed.calls("full", numbers)]
        feed.place(stack, "client/full.log", b"".join(lines))
        stack.wait(lambda: (stack.queued("queue_size_in_bytes") or 0) > 60 * 1024**2, "the queue is full")
        elasticsearch.start()
        stack.wait(lambda: len(feed.ids(stack, "full")) >= len(numbers), "all lines are there", longest=900)
        assert feed.ids(stack, "full") == feed.ids_of("full", numbers)
    finally:
        del stack.compose.environment["HOLYSHEEP_QUEUE_MAX_BYTES"]
        elasticsearch.start()
        stack.run("up", "--detach", "--wait", "--no-deps", "logstash")
