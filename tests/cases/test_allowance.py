"""Bodies of more records than fit into memory as documents: none is lost, and none stops the rest."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from tests.filterrun import Filter, Json

pytestmark = pytest.mark.jruby
ALLOWED: Final = 50_000
BEYOND: Final = 1_000
CALLS: Final = [
    json.dumps({"timestamp": "2025-01-15T10:30:00Z", "model": "gpt-4.1", "tokens": {"input": number, "output": 1}})
    for number in range(ALLOWED + BEYOND)
]
BODIES: Final = {
    "ndjson": "\n".join(CALLS),
    "row": " ".join(CALLS),
    "batch": f'{{"logs": [{",".join(CALLS)}]}}',
}


@pytest.mark.parametrize("form", BODIES)
def test_what_is_beyond_the_allowance_is_kept_as_text(live_filter: Filter, form: str) -> None:
    """The first 50,000 are calls; every further one stands whole and unchanged in an original of `rejected`."""
    (documents,) = live_filter.run("-!body", [BODIES[form].encode()])
    calls, rest = documents[:ALLOWED], documents[ALLOWED:]
    assert [inputs(call) for call in calls] == list(range(ALLOWED))
    assert {document["_source"]["holysheep"]["rejected"]["reason"] for document in rest} == {"too_many_records"}
    assert not any("truncated" in document["_source"]["holysheep"]["rejected"] for document in rest)
    originals = "\0".join(document["_source"]["holysheep"]["rejected"]["original"] for document in rest)
    beyond = re.findall(r'\{"timestamp": [^}]*"input": (\d+), "output": 1\}\}', originals)
    assert [int(number) for number in beyond] == list(range(ALLOWED, ALLOWED + BEYOND))
    # The next line has an allowance of its own.
    ((one, two),) = live_filter.run("webhook", [f"[{CALLS[1]},{CALLS[2]}]".encode()])
    assert (inputs(one), inputs(two)) == (1, 2)


def inputs(document: Json) -> int:
    """The call's prompt tokens, which number it here."""
    tokens: int = document["_source"]["gen_ai"]["usage"]["input_tokens"]
    return tokens
