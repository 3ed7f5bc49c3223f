"""The small parts of a dashboard's YAML: figures, groups, thresholds, time ranges."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from generator.strict import Strict

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
Text = Annotated[str, StringConstraints(min_length=1)]
#: A number, or a name of the price card with an optional factor: `20`, `budgets.day_usd`, `1.25 * budgets.month_usd`.
Amount = Text
#: Kibana's date math: now-24h, now/d, now-7d/d.
Moment = Annotated[str, StringConstraints(pattern=r"^now([+-][1-9][0-9]*[smhdwMy])*(/[smhdwMy])?$")]
Duration = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]*[smh]$")]
Interval = Annotated[str, StringConstraints(pattern=r"^(auto|[1-9][0-9]*[smhd]|1M)$")]
FormatName = Literal["usd", "usd6", "integer", "decimal", "compact", "percent", "ms", "ns", "bytes"]
Tone = Literal["good", "warn", "bad", "neutral", "purple", "lilac", "tan", "brown", "pink"]
"""A meaning, or a colour without one."""


class Part(Strict):
    """The base of every part; the text below an attribute describes it."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class TimeRange(Part):
    """From when to when, in Kibana's date math."""

    from_: Moment = Field(alias="from")
    to: Moment = "now"


class Threshold(Part):
    """A colour from a value on."""

    from_: Amount = Field(alias="from")
    tone: Tone
    word: Text | None = None
    """The state in words: in the report's tiles and in a page's line of states."""


class Value(Part):
    """A figure: a formula of Lens and how it is written."""

    label: Text
    """What it is called; unique in its panel."""
    formula: Text
    """In Lens' formula language: sum(field), count(kql='…'), sum(a) / sum(b), …"""
    format: FormatName | None = None
    """How it is written. Left out: as the data view writes the field."""
    tone: Tone | None = None
    """Colour of its line. Left out: the chart chooses."""
    zero: bool = False
    """Show 0 instead of nothing when no document matches."""
    total: bool = False
    """In tables: the sum of the column below it."""
    thresholds: tuple[Threshold, ...] = ()
    """In metrics, gauges and tables: the colour by value."""
    color: Literal["cell", "text"] = "cell"
    """In tables: what the thresholds colour."""


class Split(Part):
    """The top values of a field, by the panel's first figure or in their own order."""

    field: Text
    top: Annotated[int, Field(ge=1, le=1000)] = 5
    label: Text | None = None
    """Left out: Kibana writes one from the data view."""
    other: bool = False
    """The rest as one more group."""
    missing: bool = False
    """Documents without the field as one more group."""
    width: Annotated[int, Field(ge=40, le=2000)] | None = None
    """In tables: pixels of the column. Left out: Kibana shares the room out."""
    order: Text = "value"
    """value (first figure that can rank, descending), name (ascending), the label of a figure, or a call: count()."""


class Case(Part):
    """One row of a table that lists what may occur: the documents that a query finds, shown at 0 too."""

    label: Text
    kql: Text


class StateOf(Part):
    """What one metric of the page stands for in its line of states."""

    panel: Slug
    """Id of the metric, whose thresholds have words."""
    name: Text
    """What is fine, or isn't: Speed, Spend today."""
    none: Text = "no calls"
    """The state without any document."""


class Over(Part):
    """A date histogram over @timestamp."""

    interval: Interval = "auto"


class RefLine(Part):
    """A horizontal line at a value."""

    value: Amount
    label: Text
    tone: Tone = "bad"
    format: FormatName | None = None


class Pill(Part):
    """A filter that a person can switch off: a field equals a value."""

    field: Text
    value: Text
    negate: bool = False
