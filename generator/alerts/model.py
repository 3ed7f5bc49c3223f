"""The shape of an alert rule's YAML. docs/alerts.md says how to add one."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from generator.strict import Strict

_DURATION = re.compile(r"([1-9][0-9]{0,3})(m|h|d)")
_MINUTES = {"m": 1, "h": 60, "d": 24 * 60}


def _minutes(value: object) -> object:
    """`5m`, `1h` or `7d` as minutes; a name of the price card stays as it is."""
    if not isinstance(value, str) or value.startswith("alerts."):
        return value
    match = _DURATION.fullmatch(value)
    if match is None:
        raise PydanticCustomError(
            "card", "{what}, {hint}", {"what": f"{value!r} is no duration", "hint": "write 5m, 1h or 7d"}
        )
    return int(match[1]) * _MINUTES[match[2]]


Duration = Annotated[int | str, BeforeValidator(_minutes)]
#: A number, or a name of the price card such as alerts.min_calls.
Amount = Annotated[str, BeforeValidator(str)]


class Rule(Strict):
    """What every rule has."""

    title: Annotated[str, Field(min_length=1)]
    """What has happened, in a few words."""
    severity: Literal["critical", "warning"]
    """critical wakes somebody up; warning waits until morning. Each has channels of its own."""
    data: str = "api"
    """A data view of generator/registry/data_views.yaml."""
    filter: str = ""
    """KQL; empty: every document of the data view."""
    window: Duration
    """How far back the rule looks."""
    repeat: Duration
    """For how long the same thing (the same `by`) is not told again."""
    dashboard: str
    """The dashboard that the text links to."""
    threshold: Annotated[str, Field(min_length=1)]
    """The threshold in words; {above}, {at_least} and other keys stand for their figures."""
    text: Annotated[str, Field(min_length=1)]
    """What has happened, with figures; {{ who }} and {{ figure }} stand for what was found."""
    do: Annotated[str, Field(min_length=1)]
    """What to do about it."""


class Share(Rule):
    """The share of documents that `of` holds for is above a percentage."""

    kind: Literal["share"]
    of: str
    by: str
    above: Amount
    at_least: Amount


class Percentile(Rule):
    """A percentile of a field is above a bound."""

    kind: Literal["percentile"]
    field: str
    unit: Literal["ms", "%"]
    percent: Annotated[int, Field(gt=0, lt=100)]
    by: str
    above: Amount
    at_least: Amount


class Count(Rule):
    """There are `at_least` documents."""

    kind: Literal["count"]
    by: str
    at_least: Amount
    seen: bool = False
    """Whether documents count when their line was first seen (event.created), not when it happened: old lines that are
    fed again may be refused today."""


class Each(Rule):
    """There is a document. `show` are the fields that the text may use."""

    kind: Literal["each"]
    by: str
    figure: str
    """The field whose value is the figure."""
    unit: Literal["usd", "text"]
    show: tuple[str, ...] = ()


class Budget(Rule):
    """A share of a budget is spent, in the calendar day or month of the budgets' time zone."""

    kind: Literal["budget"]
    period: Literal["day", "month"]
    levels: Literal["part", "whole"]
    """Which of alerts.budget_percent it tells: those below 100, or the others. A rule without any is not rendered."""


class Forecast(Rule):
    """At the pace of `window`, a month's budget will be exceeded at its end."""

    kind: Literal["forecast"]


class Pair(Strict):
    """Two windows and the pace that both must exceed, as a multiple of an even spending of the month's budget."""

    factor: Amount
    long: Duration
    short: Duration


class Burn(Rule):
    """A month's budget is spent too fast, over a long and a short window."""

    kind: Literal["burn"]
    pairs: Annotated[tuple[Pair, ...], Field(min_length=1)]


class Spike(Rule):
    """A figure is a multiple of what it was in an earlier window, which began `before` ago and is `length` long."""

    kind: Literal["spike"]
    field: str
    percent: Annotated[int, Field(gt=0, lt=100)] | None = None
    """A percentile of the field; left out: its sum, which is nano-USD."""
    by: str | None = None
    before: Duration
    length: Duration
    factor: Amount
    at_least: Amount
    """Calls, of a percentile; USD, of a sum."""


class Silence(Rule):
    """What came in the 24 hours before has not come for `window`."""

    kind: Literal["silence"]
    by: str
    at_least: Amount
    """Documents in those 24 hours."""


class Lag(Rule):
    """Lines are first seen long after their own time; of the last 24 hours' lines, so that a replay is none."""

    kind: Literal["lag"]
    by: str
    above: Amount


class Rate(Rule):
    """In a minute of `window`, a model's calls or tokens reach a share of its `rate_limits`.

    Not rendered where the card has none.
    """

    kind: Literal["rate"]
    above: Amount
    """Percent of a limit; itself included."""


class Drift(Rule):
    """The reported cost is not the computed one."""

    kind: Literal["drift"]
    by: str
    above: Amount


AnyRule = Annotated[
    Share | Percentile | Count | Each | Budget | Forecast | Burn | Spike | Silence | Lag | Rate | Drift,
    Field(discriminator="kind"),
]


class File(Strict):
    """One file of generator/registry/alerts/."""

    rules: Annotated[dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")], AnyRule], Field(min_length=1)]
    """Rules by name."""
