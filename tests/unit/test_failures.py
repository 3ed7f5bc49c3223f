"""Known failures, in the words that the programs really use."""

from __future__ import annotations

import pytest

from runner.cluster.failures import FAILURES, Mode, known


@pytest.mark.parametrize(
    ("line", "mode", "meaning", "hint"),
    [
        ("java.net.BindException: Address already in use", "embedded", "its port is taken", "HOLYSHEEP_ES_PORT"),
        ("Bind for 127.0.0.1:9200 failed: port is already allocated", "docker", "its port is taken", "compose.md"),
        ("java.lang.OutOfMemoryError: Java heap space", "docker", "there is too little memory", "_MEMORY"),
        ("cannot downgrade a node from version [9.5.2]", "docker", "by a newer version", "HOLYSHEEP_VERSION"),
        ("cannot downgrade a node from version [9.5.2]", "embedded", "by a newer version", "HOLYSHEEP_ES_VERSION"),
        ("write /x: No space left on device", "embedded", "the disk is full", "free some space"),
        ("Error: manifest unknown: not found", "docker", "no image of that version", "HOLYSHEEP_VERSION"),
        ("max virtual memory areas vm.max_map_count [65530] is too low", "docker", "is too low", "sysctl"),
    ],
)
def test_a_failure_in_its_own_words(line: str, mode: Mode, meaning: str, hint: str) -> None:
    """The same failure has one meaning, and for each way of running its own hint."""
    actual = known(["something before", line, "something after"], mode)
    assert actual is not None
    failure, words = actual
    assert (meaning in failure.meaning, hint in failure.hint(mode), words) == (True, True, line)


def test_images_are_no_matter_of_the_embedded_mode() -> None:
    """A failure without a hint for a way of running is not looked for there."""
    assert known(["manifest unknown"], "embedded") is None


def test_every_failure_says_what_to_do() -> None:
    """In at least one way of running."""
    assert [failure.pattern for failure in FAILURES if not failure.docker and not failure.embedded] == []
