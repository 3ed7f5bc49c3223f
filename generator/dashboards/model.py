"""The shape of a dashboard's YAML: the panel kinds. What spans several values is checked in `check`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from generator.dashboards.parts import (
    Amount,
    Case,
    Duration,
    Over,
    Part,
    Pill,
    RefLine,
    Slug,
    Split,
    StateOf,
    Text,
    TimeRange,
    Value,
)


def _axis(data: object) -> str:
    """Which kind of x axis: one with a field is a group, else it is time."""
    return "split" if isinstance(data, Split) or (isinstance(data, dict) and "field" in data) else "over"


Axis = Annotated[Annotated[Over, Tag("over")] | Annotated[Split, Tag("split")], Discriminator(_axis)]


class Base(Part):
    """What every panel has."""

    id: Slug
    """Its name in this file; the id in Kibana follows from it, so a re-import updates."""
    title: str = ""
    size: tuple[Annotated[int, Field(ge=1, le=48)], Annotated[int, Field(ge=1, le=60)]]
    """Width (of 48 columns) and height. Panels flow from left to right in the order of the file."""
    at: tuple[Annotated[int, Field(ge=0, le=47)], Annotated[int, Field(ge=0)]] | None = None
    """Column and row, to place it by hand. Left out: it flows."""


class Data(Base):
    """What every panel with figures has."""

    data: Text | None = None
    """Data view. Left out: that of the dashboard."""
    filter: str = ""
    """KQL."""
    pills: tuple[Pill, ...] = ()
    time: TimeRange | None = None
    """Left out: that of the dashboard."""
    to: Slug | None = None
    """Dashboard that a click drills down to, filters and time carried over."""
    note: str = ""
    """Shown as the panel's description."""
    unfiltered: bool = False
    """Filters and controls of the page do not apply: budgets are of everything, and some indices lack the fields."""


class Metric(Data):
    """One big figure, with a second one, a trend or a bar, or one tile a group."""

    kind: Literal["metric"]
    value: Value
    secondary: Value | None = None
    prefix: str | None = None
    """Text before the second figure."""
    subtitle: str | None = None
    trend: bool = False
    """A line of the figure over time behind it."""
    max: Amount | None = None
    """Where the progress bar ends."""
    split: Split | None = None
    columns: Annotated[int, Field(ge=1, le=20)] = 4
    """Tiles a row, with `split`."""
    each: Literal["teams.day", "teams.month", "models.day", "models.month"] | None = None
    """One tile for each such limit of pricing.yaml; in it {name} and {usd} are the limit's."""


class XY(Data):
    """Lines, bars or areas."""

    kind: Literal["line", "bar", "area"]
    x: Axis = Over()
    values: Annotated[tuple[Value, ...], Field(min_length=1)]
    split: Split | None = None
    stacked: bool = False
    horizontal: bool = False
    """Bars only."""
    lines: tuple[RefLine, ...] = ()
    legend: Literal["bottom", "none"] = "bottom"


class Pie(Data):
    """Shares of a whole."""

    kind: Literal["donut", "treemap"]
    value: Value
    groups: Annotated[tuple[Split, ...], Field(min_length=1, max_length=2)]


class Table(Data):
    """Groups as rows, figures as columns."""

    kind: Literal["table"]
    rows: tuple[Split, ...] = ()
    cases: tuple[Case, ...] = ()
    """Rows that are always there, instead of `rows`: a list of what may be wrong, all 0 when nothing is."""
    cases_label: str = ""
    """Head of the column of cases."""
    cases_width: Annotated[int, Field(ge=40, le=2000)] = 160
    """Pixels of that column."""
    values: Annotated[tuple[Value, ...], Field(min_length=1)]
    sort: Text | None = None
    """Label of the figure that sorts the rows, descending. Left out: the first."""
    page: Annotated[int, Field(ge=5, le=100)] = 10


class Heatmap(Data):
    """Figures as colours."""

    kind: Literal["heatmap"]
    x: Axis = Over()
    y: Split
    value: Value


class Gauge(Data):
    """A figure on an arc."""

    kind: Literal["gauge"]
    value: Value
    min: Amount = "0"
    max: Amount
    goal: Amount | None = None
    goal_label: str = "Goal"
    subtitle: str = ""


class Markdown(Base):
    """Words."""

    kind: Literal["markdown"]
    text: Text


class Links(Base):
    """Links to other dashboards, filters and time carried over."""

    kind: Literal["links"]
    to: Annotated[tuple[Slug, ...], Field(min_length=1)]
    layout: Literal["horizontal", "vertical"] = "horizontal"


class State(Base):
    """Whether money, speed and errors are fine, in words: each metric's state by its own thresholds.

    A tile of Kibana has a colour by its figure but no word; so readers who don't tell the colours apart have this line.
    """

    kind: Literal["state"]
    of: Annotated[tuple[StateOf, ...], Field(min_length=1, max_length=8)]
    fine: Text = "fine"


class Search(Data):
    """Documents, newest first or sorted by a field; kept in Kibana as a saved search of its own."""

    kind: Literal["search"]
    columns: Annotated[tuple[Text, ...], Field(min_length=1)]
    sort: Text = "@timestamp"
    """Field, descending."""
    limit: Annotated[int, Field(ge=1, le=200)] = 20
    """Rows in the report; Kibana pages."""


Panel = Annotated[
    Metric | XY | Pie | Table | Heatmap | Gauge | Markdown | Links | State | Search, Field(discriminator="kind")
]


class OptionsControl(Part):
    """Choose values of a field."""

    kind: Literal["options"]
    field: Text
    title: Text
    data: Text | None = None


class RangeControl(Part):
    """Choose a range of a number."""

    kind: Literal["range"]
    field: Text
    title: Text
    step: Annotated[float, Field(gt=0)] = 1
    data: Text | None = None


Control = Annotated[OptionsControl | RangeControl, Field(discriminator="kind")]


class Dashboard(Part):
    """One file of generator/registry/dashboards."""

    title: Text
    nav: str = ""
    """What the links to it are called. Left out: its title."""
    description: str = ""
    """One line for those who read the page."""
    data: Text
    """Data view of panels and controls that name none."""
    time: TimeRange
    refresh: Duration | None = None
    """Left out: no refresh."""
    order: int
    """Place in the list of dashboards."""
    filter: str = ""
    """KQL over the whole dashboard."""
    controls: tuple[Control, ...] = ()
    panels: Annotated[tuple[Panel, ...], Field(min_length=1)]
