"""The query library: questions that people ask of the documents, `queries/NAME.yaml`, as typed data.

A query is Elasticsearch's Query DSL and the same in ES|QL, with the columns that a person sees. Both name placeholders
in braces that the price card fills in: `{prefix}`, `{zone}`, and `{cheapest}`, `{cheapest_input}` and
`{cheapest_output}` of the model with the lowest rates (USD per million tokens).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from generator import explain, yamltext
from generator.card.scalars import mistake
from generator.registry.expression import names
from generator.registry.fields import Index  # noqa: TC001  # pydantic reads the annotations at run time
from generator.strict import Strict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDER: Final = Path(__file__).parent / "queries"
PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
#: What the card fills in.
PLACEHOLDERS: Final = ("prefix", "zone", "cheapest", "cheapest_input", "cheapest_output")
#: What `limits` gives a column: requests and tokens a minute.
LIMITS: Final = ("rpm", "tpm")
#: Documents of a list.
MOST: Final = 20
_WHOLE: Final = re.compile(r"-?[0-9]+")


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


class Aggregation(BaseModel):
    """An aggregation: one kind by its name in Query DSL, with a mapping below it, and the aggregations inside."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, dict[str, Any]] = Field(init=False)

    aggs: dict[str, Aggregation] = Field(default_factory=dict)

    @property
    def kinds(self) -> dict[str, dict[str, Any]]:
        """Its kind and what is asked of it: `{"sum": {"field": …}}`."""
        return self.__pydantic_extra__

    def figures(self, name: str) -> list[str]:
        """What a row has of it: `NAME`, for percentiles `NAME_50` and so on, and what a filter has inside."""
        percents = self.kinds.get("percentiles", {}).get("percents", [])
        if not isinstance(percents, list):
            raise mistake(f"{name}: percents is not a list", "write percents: [50, 95]")
        inside = [figure for inner, agg in self.aggs.items() for figure in agg.figures(inner)]
        return [f"{name}_{percent}" for percent in percents] or [name, *(inside if "filter" in self.kinds else [])]


Aggregations = Annotated[dict[str, Aggregation], BeforeValidator(_plain)]


class Column(Strict):
    """A column: a row's name, or figures of a row in an expression such as `cost / 1e9`."""

    value: str
    format: str | None = None
    """A format of the dashboards: usd6, integer, compact, decimal, percent, ms or date."""


class Best(Strict):
    """Of the rows of each outer name those with the highest figures. The command picks them, from all rows."""

    by: str
    """Heading of a column."""
    each: Annotated[int, Field(gt=0), BeforeValidator(_plain)]


class Above(Strict):
    """One figure of a document is more than so many times another, which is not 0."""

    field: str
    times: Annotated[int, Field(gt=0), BeforeValidator(_plain)]
    per: str


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
    aggs: Aggregations = Field(default_factory=dict)
    columns: dict[str, Annotated[Column, BeforeValidator(_column)]] = Field(default_factory=dict)
    best: Best | None = None
    limits: str = ""
    """The row that is named by the card's models. Columns may then use `rpm` and `tpm`, a model's `rate_limits`.
    The command fills them in."""
    sort: Dsl = Field(default_factory=dict)
    fields: dict[str, str] = Field(default_factory=dict)
    """Heading and field of a list's columns."""
    above: Above | None = None
    """Of a list: which documents are in it. Both fields must be columns."""
    most: Annotated[int, Field(gt=0, le=1000), BeforeValidator(_plain)] = MOST
    """Documents of a list."""
    hours: Annotated[int, Field(gt=0), BeforeValidator(_plain)] | None = None
    """How far back it looks when nobody names a period. Left out: 30 days."""
    esql: Annotated[str, Field(min_length=1)]

    @field_validator("*", mode="before")
    @classmethod
    def _fillable(cls, value: object) -> object:
        """Refuse a placeholder that the card does not fill in, at its line."""
        for text in _texts(value):
            for name in PLACEHOLDER.findall(text):
                if name not in PLACEHOLDERS:
                    raise mistake(f"{{{name}}} is no placeholder", explain.near(name, list(PLACEHOLDERS)))
        return value

    @model_validator(mode="after")
    def _fits(self) -> Query:
        if bool(self.rows) == bool(self.fields):
            raise PydanticCustomError("queries", "give rows, aggs and columns, or sort and fields")
        if self.above and not {self.above.field, self.above.per} <= set(self.fields.values()):
            raise PydanticCustomError("queries", "above: both of its fields must be among fields")
        if self.limits and self.limits not in self.rows:
            what = f"limits: {self.limits} is none of {', '.join(self.rows) or 'the rows: there are none'}"
            raise PydanticCustomError("queries", "{what}", {"what": what})
        if self.best and self.best.by not in self.columns:
            what = f"best: {self.best.by} is none of {', '.join(self.columns)}"
            raise PydanticCustomError("queries", "{what}", {"what": what})
        known = self.figures()
        for heading, column in self.columns.items():
            if unknown := names(PLACEHOLDER.sub("1", column.value)) - known:
                what = f"{heading}: {min(unknown)} is none of {', '.join(sorted(known))}"
                raise PydanticCustomError("queries", "{what}", {"what": what})
        return self

    def figures(self) -> set[str]:
        """The names that a column's expression may use."""
        figures_, aggs = {"calls", *self.rows, *(LIMITS if self.limits else ())}, self.aggs
        for row in self.rows:
            if row not in aggs:
                raise PydanticCustomError("queries", "{what}", {"what": f"rows: there is no aggregation {row} there"})
            aggs = aggs[row].aggs
            figures_ |= {figure for name, agg in aggs.items() for figure in agg.figures(name)}
        return figures_


def _texts(value: object) -> Iterator[str]:
    """Every text in a value of a YAML file, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


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
