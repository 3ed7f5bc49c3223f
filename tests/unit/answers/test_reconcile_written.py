"""Tokens that were written to a cache, in a bill that has no column for them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.answers.reconciling import RULES, causes, compared
from tests.unit.answers.test_reconcile_causes import ANSWER, T, call, sums

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]


@pytest.mark.parametrize("by_call", [True, False])
@pytest.mark.parametrize(("usd", "expected"), [("0.024", {}), ("0.026", {"other_price": (2_000_000, 1)})])
def test_tokens_written_to_a_cache_that_a_bill_counts_as_input(
    tmp_path: Path, usd: str, expected: Json, *, by_call: bool
) -> None:
    """400 of 1,000 tokens were written at 18,750: 600 * 15,000 + 400 * 18,750 + 100 * 75,000 = 24,000,000.

    The bill has a column for tokens that were read from a cache, and none for these: they are no other tokens.
    """
    rules = copy.deepcopy(RULES)
    (model,) = (model for model in rules["models"] if model["id"] == "claude-sonnet-4.5")
    for entry in model["prices"]:
        entry["cache_write"] = entry["input"] * 5 // 4
    ours = call(
        T, gen_ai__request__model="claude-sonnet-4.5", gen_ai__usage__cache_creation__input_tokens=400,
        holysheep__cost__total_nano=24_000_000, **ANSWER,
    )  # fmt: skip
    head = "date,model,requests,input_tokens,cached_tokens,output_tokens,cost"
    row = f"2026-03-10,claude-sonnet-4.5,1,1000,0,100,{usd}"
    if by_call:
        head, row = f"id,{head.replace('requests,', '')}", f"a,{row.replace(',1,1000', ',1000')}"
    comparison, _ = compared([sums(tmp_path, row, head=head)], [ours], rules=rules)
    assert causes(comparison) == expected
