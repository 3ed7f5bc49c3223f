"""The query library: questions that people ask of the documents, `queries/NAME.yaml`, as typed data.

A query is Elasticsearch's Query DSL and the same in ES|QL, with the columns that a person sees. Both name placeholders
in braces that the price card fills in: `{prefix}`, `{zone}`, and `{cheapest}`, `{cheapest_input}` and
`{cheapest_output}` of the model with the lowest rates (USD per million tokens).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from generator import explain, yamltext
from generator.registry.expression import names
from generator.registry.fields import Index  # noqa: TC001  # pydantic reads the annotations at run time
from generator.strict import Strict

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER: Final = Path(__file__).parent / "queries"
PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
#: Documents of a list.
MOST: Final = 20
_WHOLE: Final = re.compile(r"-?[0-9]+")
Json = dict[str, Any]


def _plain(value: object) -> object:
    """The YAML reader keeps numbers as text, since money needs their digits; Query DSL wants numbers."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    return value


Dsl = Annotated[dict[str, Any], BeforeValidator(_plain)]


class Column(Strict):
    """A column: a row's name, or figures of a row in an expression such as `cost / 1e9`."""

    value: str
    format: str | None = None
    """A format of the dashboards: usd6, integer, compact, decimal, percent, ms or date."""


def _column(value: object) -> object:
    return {"value": value} if isinstance(value, str) else value


class Query(Strict):
    """A question. With `rows` it counts and adds up, with `fields` it lists documents."""

    title: Annotated[str, Field(min_length=1)]
    question: Annotated[str, Field(min_length=1)]
    note: str = ""
    index: Index = "api"
    rows: tuple[str, ...] = ()
    """The aggregations whose buckets are rows, the outer first."""
    filters: tuple[Dsl, ...] = ()
    aggs: Dsl = Field(default_factory=dict)
    columns: dict[str, Annotated[Column, BeforeValidator(_column)]] = Field(default_factory=dict)
    sort: Dsl = Field(default_factory=dict)
    fields: dict[str, str] = Field(default_factory=dict)
    """Heading and field of a list's columns."""
    esql: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _fits(self) -> Query:
        if bool(self.rows) == bool(self.fields):
            raise PydanticCustomError("queries", "give rows, aggs and columns, or sort and fields")
        known = self.figures()
        for heading, column in self.columns.items():
            if unknown := names(PLACEHOLDER.sub("1", column.value)) - known:
                what = f"{heading}: {min(unknown)} is none of {', '.join(sorted(known))}"
                raise PydanticCustomError("queries", "{what}", {"what": what})
        return self

    def figures(self) -> set[str]:
        """The names that a column's expression may use."""
        figures_, aggs = {"calls", *self.rows}, self.aggs
        for row in self.rows:
            if row not in aggs:
                raise PydanticCustomError("queries", "{what}", {"what": f"rows: there is no aggregation {row} there"})
            aggs = aggs[row].get("aggs", {})
            for name, agg in aggs.items():
                percents = agg.get("percentiles", {}).get("percents", [])
                figures_ |= {f"{name}_{percent}" for percent in percents} if percents else {name}
        return figures_


def load(folder: Path = FOLDER) -> dict[str, Query]:
    """Every query by its name, which is that of its file. UserError names the line that is wrong."""
    queries = {}
    for path in sorted(folder.glob("*.yaml")):
        document = yamltext.read(path)
        queries[path.stem] = explain.validate(
            Query, document, whole="the query", see="see generator/registry/queries.py"
        )
    return queries


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its placeholders filled in; KeyError for one that is unknown."""
    return PLACEHOLDER.sub(lambda match: values[match[1]], text)
