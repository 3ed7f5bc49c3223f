"""The query library: its files, its names, and ES|QL that can't be run here, by its syntax."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from antlr4 import CommonTokenStream, InputStream
from antlr4.error.ErrorListener import ErrorListener
from esql_parser.EsqlBaseLexer import EsqlBaseLexer
from esql_parser.EsqlBaseParser import EsqlBaseParser
from pydantic_core import PydanticCustomError

from generator import card as cards
from generator.errors import UserError
from generator.paths import ROOT
from generator.registry import expression, queries
from generator.render import queries as rendered
from runner.answers import queries as answers
from tests.documents import fields_of

if TYPE_CHECKING:
    from collections.abc import Iterator

LIBRARY = queries.load()
FOLDER = ROOT / "queries"
COMMANDS = {"FROM", "WHERE", "EVAL", "STATS", "SORT", "KEEP", "LIMIT"}
#: Of the functions of ES|QL (8.14 and later) those that the library uses.
FUNCTIONS = {"COUNT", "SUM", "AVG", "MAX", "PERCENTILE", "DATE_TRUNC", "NOW", "CASE", "COALESCE", "TO_DOUBLE"}
WORDS = {"AND", "OR", "NOT", "IS", "NULL", "BY", "DESC", "ASC", "true", "false"}
WORDS |= {"days", "day", "hours", "hour", "minute"}
TOKEN = re.compile(r'"[^"]*"|@?[A-Za-z_][\w.]*|\d+(?:\.\d+)?(?:e\d+)?|==|>=|[-+*/(),=>]')


def test_the_library_is_as_large_as_promised() -> None:
    """The eight questions of the documents and twenty more, at least."""
    assert len(LIBRARY) >= 28


@pytest.mark.parametrize("name", LIBRARY)
def test_fields_are_those_of_the_index(name: str) -> None:
    """Every field that the Query DSL names is one of fields.yaml, in that index."""
    query = LIBRARY[name]
    used = (
        set(_named_fields([*query.filters, query.model_dump()["aggs"]])) | set(query.fields.values()) | set(query.sort)
    )
    assert used - set(fields_of(query.index)) == set()


def _named_fields(node: object) -> Iterator[str]:
    if isinstance(node, list):
        for inner in node:
            yield from _named_fields(inner)
    elif isinstance(node, dict):
        for key, inner in node.items():
            if key == "field":
                yield inner
            elif key in ("term", "range") and isinstance(inner, dict) and "field" not in inner:
                yield from inner
            else:
                yield from _named_fields(inner)


@pytest.mark.parametrize("name", LIBRARY)
def test_esql_is_well_formed(name: str) -> None:
    """What the embedded Elasticsearch can't run: known commands in order, known functions, fields and columns only."""
    text = "\n".join(line for line in (FOLDER / f"{name}.esql").read_text().splitlines() if not line.startswith("//"))
    commands = [part.strip() for part in text.split("\n|")]
    assert commands[0] == f"FROM holysheep-{LIBRARY[name].index}-*"
    known = set(fields_of(LIBRARY[name].index))
    for command in commands[1:]:
        verb, rest = command.split(" ", 1)
        assert verb in COMMANDS
        assert TOKEN.sub("", rest).strip() == "", command
        assert rest.count("(") == rest.count(")")
        tokens = TOKEN.findall(rest)
        made = {tokens[at - 1] for at, token in enumerate(tokens) if token == "=" and at}  # noqa: S105
        for at, token in enumerate(tokens):
            if re.match(r"@?[A-Za-z_]", token) and token not in WORDS | made | known:
                assert token in FUNCTIONS, f"{token} in {command}"
                assert tokens[at + 1] == "(", f"{token} in {command}"
        known |= made


class _Mistakes(ErrorListener):  # type: ignore[misc]  # the package has no types
    """Keeps what the grammar does not take."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def syntaxError(self, *about: object) -> None:  # noqa: N802  # ANTLR's name
        """Recognizer, symbol, line, column, message, exception."""
        _, _, line, column, message, _ = about
        self.found.append(f"{line}:{column} {message}")


def esql_mistakes(text: str) -> list[str]:
    """What Elastic's own grammar says of a query."""
    mistakes = _Mistakes()
    lexer = EsqlBaseLexer(InputStream(text))
    parser = EsqlBaseParser(CommonTokenStream(lexer))
    for part in (lexer, parser):
        part.removeErrorListeners()
        part.addErrorListener(mistakes)
    parser.singleStatement()
    return mistakes.found


@pytest.mark.parametrize("name", LIBRARY)
def test_esql_is_what_elastics_grammar_takes(name: str) -> None:
    """Also where a column's name is a word of the language."""
    assert esql_mistakes((FOLDER / f"{name}.esql").read_text(encoding="utf-8")) == []


def test_elastics_grammar_refuses() -> None:
    """A bracket that is not closed, and a column called `last`."""
    assert esql_mistakes("FROM x | STATS a = SUM(b BY c")
    assert esql_mistakes("FROM x | STATS last = MAX(b) BY c")


@pytest.mark.parametrize("name", LIBRARY)
def test_both_forms_ask_the_same(name: str) -> None:
    """The same time of the same index, thirty days or some hours, and the values that the filters of the DSL name."""
    esql = (FOLDER / f"{name}.esql").read_text(encoding="utf-8")
    body = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    hours = LIBRARY[name].hours
    assert body["query"]["bool"]["filter"][0]["range"]["@timestamp"]["gte"] == (
        f"now-{hours}h" if hours else "now-30d/d"
    )
    assert f"@timestamp >= NOW() - {hours or 30} {'hours' if hours else 'days'}" in esql
    for one in LIBRARY[name].filters:
        (field,) = _filter_fields(one)
        assert field in esql
    if above := LIBRARY[name].above:
        assert f"{above.field} > {above.times} * {above.per}" in esql
        assert f"LIMIT {LIBRARY[name].most}" in esql


def _filter_fields(one: dict[str, Any]) -> list[str]:
    ((kind, inner),) = one.items()
    if kind == "bool":
        return [field for part in inner.values() for field in _filter_fields(part)]
    return [inner["field"]] if kind == "exists" else list(inner)


@pytest.mark.parametrize(
    ("text", "figures", "value"),
    [
        ("a + b * 2", {"a": 1, "b": 2}, 5),
        ("(a + b) * 2", {"a": 1, "b": 2}, 6),
        ("a / b", {"a": 1, "b": 0}, None),
        ("a / b", {"a": 1, "b": None}, None),
        ("a / 1e9", {"a": 5_000_000_000}, 5),
        ("a - 1", {"a": "text"}, None),
        ("a", {"a": "text"}, "text"),
    ],
)
def test_expressions(text: str, figures: dict[str, Any], value: object) -> None:
    """The arithmetic of columns; a figure that is missing has no value."""
    assert expression.value(text, figures) == value


@pytest.mark.parametrize(
    "text", ["__import__('os')", "a.b", "a[0]", "f(a)", "a **", "lambda: 1", "'x'", "a if b else c"]
)
def test_nothing_else_is_an_expression(text: str) -> None:
    """No call, no attribute: an expression can do nothing but arithmetic."""
    with pytest.raises(PydanticCustomError):
        expression.names(text)


def test_the_card_fills_in_every_placeholder() -> None:
    """Those that a query may name, and no others."""
    assert set(rendered.placeholders(cards.load(ROOT / "pricing.yaml"))) == set(queries.PLACEHOLDERS)


def test_an_unknown_query_is_refused() -> None:
    """The error says how to see the names."""
    with pytest.raises(UserError, match="`holysheep-elk query` lists them"):
        answers.load(FOLDER, "nothing")


@pytest.mark.parametrize("name", LIBRARY)
def test_sums_and_percentiles_are_not_rough(name: str) -> None:
    """By default Elasticsearch ranks the 40 largest names of each day, and percentiles of calls can be 15 % wrong."""
    body = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    for kind, agg in _aggregations(body.get("aggs", {})):
        if kind == "terms":
            assert agg["shard_size"] == 10_000
        if kind == "percentiles":
            assert agg["tdigest"] == {"compression": 1000}


def _aggregations(aggs: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for agg in aggs.values():
        yield from ((kind, body) for kind, body in agg.items() if kind != "aggs")
        yield from _aggregations(agg.get("aggs", {}))


def test_the_cheapest_model_answers() -> None:
    """A model of embeddings has no output, pictures have no tokens: neither can take over a conversation."""
    head = (ROOT / "pricing.yaml").read_text(encoding="utf-8").split("\nmodels:")[0]
    picture = "input: 0, output: 0, units: {images: {usd: 0.04, per: 1}}"
    rates = {"vectors": "input: 0.02, output: 0", "chat": "input: 2, output: 8", "pictures": picture}
    models = [
        f"  - {{id: {name}, provider: openai, family: OpenAI, prices: [{{from: 2025-01-01, {rate}, confirmed: true}}]}}"
        for name, rate in {**rates, "small": "input: 0.4, output: 1.6"}.items()
    ]
    card = cards.parse("\n".join([head, "models:", *models, ""]))
    assert rendered.placeholders(card)["cheapest"] == "small"
