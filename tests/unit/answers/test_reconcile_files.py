"""Every form of a bill is read as its maker documents it; a bad line is named and the others go on."""

from __future__ import annotations

import gzip
import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from generator.errors import UserError
from runner.answers.reconcile import read
from runner.answers.reconcile.bill import Bill, Line, Tells, Tokens
from runner.answers.reconcile.read import Reading
from runner.answers.reconcile.values import LineError, money
from tests.unit.answers.reconciling import compared

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 3, 10)
#: 2026-03-10T00:00:00Z
START = 1_773_100_800
USD = 10**18


def lines(path: Path, text: str, **reading: Any) -> tuple[list[Line], Bill]:  # noqa: ANN401 - those of Reading
    """The lines of a text in a file."""
    path.write_text(text, encoding="utf-8")
    bill = Bill("UTC")
    return list(read.lines(Reading([path], **reading), bill, lambda _read, _total: None)), bill


def brief(found: list[Line]) -> list[tuple[object, ...]]:
    """Time, model, calls, tokens and USD of each line."""
    return [
        (line.at, line.model, line.calls, line.tokens, line.atto if line.atto is None else Decimal(line.atto) / USD)
        for line in found
    ]


def bucket(**row: object) -> dict[str, object]:
    """A day of OpenAI's with one row."""
    return {"object": "bucket", "start_time": START, "end_time": START + 86_400, "results": [row]}


def test_openai_costs(tmp_path: Path) -> None:
    """Model and kind of token are in the line item; the quantity counts the tokens."""
    amount = {"value": 1.25, "currency": "usd"}
    page = {
        "object": "page",
        "data": [
            bucket(object="organization.costs.result", amount=amount, line_item="gpt-4.1-2025-04-14, input"),
            bucket(amount=amount, line_item="priority | gpt-4.1-2025-04-14, cached input, long context", quantity=5000),
            bucket(amount=amount, line_item="web search tool calls", quantity=3),
            bucket(amount={"value": 3, "currency": "eur"}, line_item="gpt-4.1, output"),
        ],
        "has_more": False,
    }
    found, bill = lines(tmp_path / "costs.json", json.dumps(page, indent=2))
    assert brief(found) == [
        (DAY, "gpt-4.1-2025-04-14", None, None, Decimal("1.25")),
        (DAY, "gpt-4.1-2025-04-14", None, Tokens(cached=5000), Decimal("1.25")),
        (DAY, "web search tool calls", None, None, Decimal("1.25")),
    ]
    assert bill.shown == [
        f"{tmp_path}/costs.json:1: data[3].results[0]: its currency is eur, and only USD can be compared"
    ]


def test_openai_usage_beside_costs(tmp_path: Path) -> None:
    """Both files together are one bill: amounts of the one, tokens and calls of the other."""
    # 2,000 * 8 + 200 * 24 = 20,800 millionths of a USD
    costs = {"data": [bucket(amount={"value": part, "currency": "usd"}, line_item=f"gpt-4.1, {kind}", quantity=number)
                      for part, kind, number in ((0.016, "input", 2000), (0.0048, "output", 200))]}  # fmt: skip
    usage = {"data": [bucket(input_tokens=2000, output_tokens=200, input_cached_tokens=0, num_model_requests=2,
                             model="gpt-4.1-2025-04-14")]}  # fmt: skip
    for name, page in (("costs", costs), ("usage", usage)):
        (tmp_path / f"{name}.json").write_text(json.dumps(page), encoding="utf-8")
    comparison, bill = compared([tmp_path / "costs.json", tmp_path / "usage.json"], [])
    (cell,) = comparison.cells.values()
    assert (cell.bill_nano, cell.bill_calls, cell.bill_tokens) == (20_800_000, 2, Tokens(plain=2000, output=200))
    # The usage alone is taken at the card's price.
    comparison, bill = compared([tmp_path / "usage.json"], [])
    assert [cell.bill_nano for cell in comparison.cells.values()] == [20_800_000]
    assert not bill.has_amounts


def test_openai_csv(tmp_path: Path) -> None:
    """The dashboard's two files."""
    head = (
        "start_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,user_id,api_key_id,model,batch"
    )
    row = f"{START},{START + 86400},,,p,7,,k,gpt-4.1,False,100,9,40"
    usage = f"{head},input_tokens,output_tokens,input_cached_tokens\n{row}"
    assert brief(lines(tmp_path / "u.csv", usage)[0]) == [(DAY, "gpt-4.1", 7, Tokens(60, 40, 0, 9), None)]
    head = "start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item,project_id"
    costs = f'{head}\n{START},{START + 86400},,,0.0600,usd,"gpt-4.1, input",p'
    assert brief(lines(tmp_path / "c.csv", costs)[0]) == [(DAY, "gpt-4.1", None, None, Decimal("0.06"))]


def test_anthropic_reports(tmp_path: Path) -> None:
    """Amounts are cents, and cached tokens are beside the others."""
    day = {"starting_at": "2026-03-10T00:00:00Z", "ending_at": "2026-03-11T00:00:00Z"}
    cost = {"currency": "USD", "amount": "123.78912", "model": "claude-sonnet-4-5", "token_type": "output_tokens"}
    search = {"currency": "USD", "amount": "100", "model": None, "cost_type": "web_search", "description": "Web Search"}
    found, _ = lines(tmp_path / "cost.json", json.dumps({"data": [day | {"results": [cost, search]}]}))
    assert brief(found) == [
        (DAY, "claude-sonnet-4-5", None, None, Decimal("1.2378912")),
        (DAY, "Web Search", None, None, Decimal(1)),
    ]
    assert found[0].places == 7
    written = {"ephemeral_1h_input_tokens": 1000, "ephemeral_5m_input_tokens": 500}
    usage = {"uncached_input_tokens": 1500, "cache_creation": written, "cache_read_input_tokens": 200}
    row = usage | {"output_tokens": 50, "model": "claude-sonnet-4-5"}
    found, _ = lines(tmp_path / "usage.json", json.dumps({"data": [day | {"results": [row]}]}))
    assert brief(found) == [(DAY, "claude-sonnet-4-5", None, Tokens(1500, 200, 1500, 50), None)]


def test_anthropic_csv(tmp_path: Path) -> None:
    """The Console's cost file has the models' display names; the card knows them."""
    head = (
        "usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type"
    )
    text = f"{head}\n2026-03-10,Claude Sonnet 4.5,Default,k,message,≤ 200k,input_no_cache,1.50,1.50,token\n"
    found, _ = lines(tmp_path / "cost.csv", text)
    assert brief(found) == [(DAY, "Claude Sonnet 4.5", None, None, Decimal("1.5"))]
    comparison, _ = compared([tmp_path / "cost.csv"], [])
    assert [cell.model for cell in comparison.cells.values()] == ["claude-sonnet-4.5"]
    columns = (
        "no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read"
    )
    head = f"usage_date_utc,model_version,usage_input_tokens_{columns},usage_output_tokens"
    found, bill = lines(
        tmp_path / "u.csv", f"{head}\n2026-03-10,claude-sonnet-4-5,10,20,30,40,5\n2026-03-10,x,1,y,0,0,0"
    )
    assert brief(found) == [(DAY, "claude-sonnet-4-5", None, Tokens(10, 40, 50, 5), None)]
    assert bill.shown == [f'{tmp_path}/u.csv:3: "y" is not a count']


def test_litellm(tmp_path: Path) -> None:
    """Spend logs with cached tokens within the prompt's; metadata may be text. Daily activity in both of its forms."""
    row = {"request_id": "r", "startTime": "2026-03-10 00:00:01.500000", "model": "gpt-4.1", "spend": 1.05e-05}
    row |= {"prompt_tokens": 100, "completion_tokens": 5}
    usage = {"usage_object": {"prompt_tokens_details": {"cached_tokens": 60}}}
    found, bill = lines(
        tmp_path / "s.json", json.dumps([row | {"metadata": json.dumps(usage)}, row | {"metadata": usage}])
    )
    moment = START * 1000 + 1500
    assert brief(found) == [(moment, "gpt-4.1", None, Tokens(40, 60, 0, 5), Decimal("0.0000105"))] * 2
    assert (found[0].id, bill.places, bill.formats) == ("r", 7, ["LiteLLM's spend logs"])
    figures = {"spend": 0.5, "prompt_tokens": 10, "completion_tokens": 1, "api_requests": 3}
    models = {"gpt-4.1": {"metrics": figures}, "gpt-4o": figures}
    activity = {"results": [{"date": "2026-03-10", "metrics": {"spend": 1}, "breakdown": {"models": models}}]}
    found, _ = lines(tmp_path / "a.json", json.dumps(activity))
    assert brief(found) == [(DAY, model, 3, Tokens(10, 0, 0, 1), Decimal("0.5")) for model in ("gpt-4.1", "gpt-4o")]


def test_any_csv(tmp_path: Path) -> None:
    """Columns by their usual names, by options, with another delimiter, and compressed."""
    found, _ = lines(tmp_path / "a.csv", '﻿Day;Model;Total Tokens;Cost USD\n2026-03-10;gpt-4.1;1,100;"$1,234.50"\n')
    assert brief(found) == [(DAY, "gpt-4.1", None, Tokens(plain=1100), Decimal("1234.5"))]
    assert Tells.OUTPUT not in found[0].tells
    columns = {"time": "when", "cost": "Betrag", "input": "in", "cached": "hit"}
    text = "when,model,in,hit,Betrag\n2026-03-10,gpt-4.1,10,5,1\n"
    found, _ = lines(tmp_path / "b.csv", text, columns=columns, cached_apart=True)
    assert brief(found) == [(DAY, "gpt-4.1", None, Tokens(10, 5, 0, 0), Decimal(1))]
    packed = tmp_path / "c.csv.gz"
    packed.write_bytes(gzip.compress(b"date,model,cost\n2026-03-10,gpt-4.1,2\n"))
    comparison, _ = compared([packed], [])
    assert [cell.bill_nano for cell in comparison.cells.values()] == [2 * 10**9]


def test_any_json(tmp_path: Path) -> None:
    """Rows under a key, keys within objects, and an array over several lines, of which each has its number."""
    rows = [{"day": "2026-03-10", "what": {"name": "gpt-4.1"}, "price": 2}]
    found, _ = lines(tmp_path / "a.json", json.dumps({"rows": rows}), columns={"model": "what.name"})
    assert brief(found) == [(DAY, "gpt-4.1", None, None, Decimal(2))]
    row = '{"date": "2026-03-10", "cost": '
    text = f'[\n{row}1}},\n{row}"x"}},\n{row}\n3}}]'
    found, bill = lines(tmp_path / "b.json", text)
    assert [line.number for line in found] == [2, 4]
    assert bill.shown == [f'{tmp_path}/b.json:3: "x" is not an amount of money']


def test_bad_lines_are_named_and_the_others_go_on(tmp_path: Path) -> None:
    """NDJSON and CSV."""
    text = '{"date": "2026-03-10", "cost": 1}\n{"date": \n[1]\n{"cost": 1}\n{"date": "soon", "cost": 1}\n{"date": "2026-03-10", "cost": NaN}\n{"date": "2026-03-10", "cost": 2}\n'  # noqa: E501 - one line a line
    found, bill = lines(tmp_path / "a.jsonl", text)
    assert [line.number for line in found] == [1, 7]
    assert [text.rpartition("a.jsonl:")[2].partition(": ")[0] for text in bill.shown] == ["2", "3", "4", "5", "6"]
    assert bill.shown[3].endswith('"soon" is no time: write 2026-11-25 or 2026-11-25T10:30:00Z')
    text = 'date,model,cost\n2026-03-10,"two\nlines",1\n2026-03-10,x,1,2,3\n2026-03-10,x\n\n2026-03-10,x,-1.5\n'
    found, bill = lines(tmp_path / "a.csv", text)
    # A credit is an amount; a line without one has none.
    assert [(line.number, line.model, line.nano) for line in found] == [
        (2, "two\nlines", 10**9),
        (5, "x", 0),
        (7, "x", -1_500_000_000),
    ]
    assert bill.shown == [f"{tmp_path}/a.csv:4: it has 5 values, and the head 3"]


@pytest.mark.parametrize(
    ("text", "reading", "words"),
    [
        ("", {}, "no line of heads"),
        ("a,b\n1,2\n", {}, "no column for time is known"),
        ("date,b\n1,2\n", {}, "no column for cost is known"),
        ("date,cost\n1,2\n", {"columns": {"cost": "usd"}}, "no column 'usd' for cost"),
        ("date,cost\n1,2\n", {"format": "openai"}, "no export of openai"),
        ("[]", {}, "it has no lines"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_bill(text: str, reading: dict[str, Any], words: str, tmp_path: Path) -> None:
    """The error says what is missing."""
    with pytest.raises(UserError, match=words):
        lines(tmp_path / "x", text, **reading)


def test_no_line_at_all_can_be_read(tmp_path: Path) -> None:
    """Then there is nothing to compare, and the lines are named."""
    path = tmp_path / "x.csv"
    path.write_text("date,cost\nnever,1\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"none of its lines can be read, .*x.csv:2"):
        compared([path], [])


@pytest.mark.parametrize("value", ["NaN", "1e999999", "1e-999999", "Infinity", True, 1.5, [], "1.000,50", "12€"])
def test_what_is_no_amount(value: object) -> None:
    """Neither are floats: a file's numbers are kept as they are written."""
    with pytest.raises(LineError):
        money(value)


def test_amounts_keep_every_digit() -> None:
    """18 decimals, of which the last is rounded half to even."""
    assert money("0.1") == (10**17, 1)
    assert money(Decimal("1.2345678901234567e-05")) == (12_345_678_901_235, 21)
    assert money("-0.0000000000000000005") == (0, 19)
    assert money("") is None
