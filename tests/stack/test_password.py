"""The most frequent trap: a volume that was made with another password."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.stack import Stack

pytestmark = pytest.mark.stack


@pytest.fixture
def another_password(stack: Stack) -> Iterator[Stack]:
    """The superuser's secret file says another password than the data volume knows."""
    path = stack.secrets / "elastic_password"
    right = path.read_bytes()
    # Written in place: the container has this very file.
    path.write_bytes(b"f" * len(right))
    try:
        yield stack
    finally:
        path.write_bytes(right)
        stack.wait(lambda: last_words(stack) == "" and stack.healthy("elasticsearch"), "the right password is taken")


def last_words(stack: Stack) -> str:
    """What the last health check of Elasticsearch said."""
    log = stack.container("elasticsearch").attrs["State"]["Health"]["Log"]
    return str(log[-1]["Output"]).strip() if log else ""


def test_a_changed_password_is_said(another_password: Stack) -> None:
    """The health check names the cause, in the words that `make up` looks for."""
    another_password.wait(lambda: last_words(another_password).startswith("PASSWORD:"), "the cause is said", 60)
