"""What an application or a disk may do to a line: no call is lost for it, and no other line spoiled."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING, Any

import pytest

from holysheep.spool import Spool

if TYPE_CHECKING:
    from pathlib import Path

    from tests.client.conftest import Logged


def test_a_disk_that_fills_up_spoils_no_line(tmp_path: Path) -> None:
    """The spool takes back half a line; what fits is kept, the rest counted."""
    spool = Spool(tmp_path, 10**6)
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, old[1]))
    try:
        spool.write([b"0" * 399 + b"\n"])
        with pytest.raises(OSError, match="File too large"):
            spool.write([b"1" * 399 + b"\n", b"2" * 399 + b"\n", b"3" * 399 + b"\n"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    spool.write([b"4\n"])
    found = spool.oldest()
    assert found is not None
    assert [line[:1] for line in found[2]] == [b"0", b"1", b"4"]
    assert spool.dropped == 2


@pytest.mark.parametrize(
    "given",
    [
        {"latency_ms": "5", "input_tokens": "150"},
        {"status_code": "200"},
        {"time_to_first_token_ms": "soon"},
        {"metadata": "a text"},
        {"metadata": ["a", "list"]},
        {"context": {"a": 1}},
    ],
)
def test_a_value_of_a_wrong_kind_costs_no_call(logged: Logged, given: dict[str, Any]) -> None:
    """Texts of numbers are numbers; the tokens of the call, and so its cost, are written in any case."""
    logged.log(**{"model": "gpt-4.1", "input_tokens": 150, "output_tokens": 320, **given})
    line = logged.line()
    # 150 and 320 tokens of gpt-4.1 at 8 and 24 USD per MTok.
    assert (line["request_tokens"], line["cost_nano"], line["status"]) == (150, 8_880_000, "success")
