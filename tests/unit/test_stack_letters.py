"""What `status` tells of dead letters: those that Logstash dropped, and those that nothing reads."""

from __future__ import annotations

from typing import Any, Final

import pytest

from runner.runtimes.docker import inside, status

PATH: Final = "/usr/share/logstash/data/dead_letter_queue/gateway"
FULL: Final = f"Cannot write event to DLQ(path: {PATH}): reached maxQueueSize of 1073741824"
#: How Logstash 9.5.2 tells of a queue of dead letters that is empty.
EMPTY: Final = {
    "storage_policy": "drop_newer",
    "expired_events": 0,
    "queue_size_in_bytes": 1,
    "last_error": "no errors",
    "dropped_events": 0,
    "max_queue_size_in_bytes": 1_073_741_824,
}


def answer(**letters: dict[str, object]) -> dict[str, Any]:
    """What /_node/stats/pipelines says: for each pipeline what differs from an empty queue of dead letters."""
    waiting = {"type": "persisted", "events_count": 12, "queue_size_in_bytes": 4_863_732}
    return {
        "pipelines": {
            pipeline: {"events": {"out": 3300}, "queue": waiting, "dead_letter_queue": EMPTY | different}
            for pipeline, different in letters.items()
        }
    }


def test_the_figures_are_logstashs_own() -> None:
    """Of a full queue how many it dropped, and why; the byte of an empty one is nothing."""
    full: dict[str, object] = {"queue_size_in_bytes": 1_073_741_000, "last_error": FULL, "dropped_events": 300}
    assert inside.figures(answer(gateway=full, deadletter={})) == {
        "deadletter": {
            "queued_events": 12,
            "queued_bytes": 4_863_732,
            "dead_letter_bytes": 0,
            "dead_letters_dropped": 0,
            "dead_letter_error": "",
            "events_out": 3300,
        },
        "gateway": {
            "queued_events": 12,
            "queued_bytes": 4_863_732,
            "dead_letter_bytes": 1_073_741_000,
            "dead_letters_dropped": 300,
            "dead_letter_error": FULL,
            "events_out": 3300,
        },
    }


def test_a_logstash_that_does_not_answer_has_no_figures() -> None:
    """Nor has a pipeline without a queue on disk a figure above 0."""
    assert inside.figures({}) == {}
    assert inside.figures({"pipelines": {"gateway": {}}})["gateway"]["dead_letters_dropped"] == 0


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        ({"gateway": {}, "deadletter": {}}, []),
        # On their way: the other pipeline reads them.
        ({"gateway": {"queue_size_in_bytes": 6000}, "deadletter": {}}, []),
        (
            {"gateway": {"dropped_events": 1200}, "deadletter": {}},
            ["1,200 documents were dropped: the dead letter queue of gateway is full"],
        ),
        (
            {"gateway": {}, "deadletter": {"dropped_events": 1, "queue_size_in_bytes": 8_288_829}},
            [
                "1 document was dropped: the dead letter queue of deadletter is full",
                "Elasticsearch refused dead letters again (8,288,829 bytes), and nothing reads them any more",
            ],
        ),
    ],
)
def test_what_is_lost_and_what_nothing_reads_is_told(letters: dict[str, dict[str, object]], words: list[str]) -> None:
    """In words, with what to do; dead letters that wait to be read are no trouble."""
    told = status.letters(inside.figures(answer(**letters)))
    assert [line.partition(" (since")[0].partition(". ")[0] for line in told] == words
    assert all(line.endswith("feed their lines again: docs/troubleshooting.md (dead letters)") for line in told)
