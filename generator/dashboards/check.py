"""Checks a dashboard: fields, types, references and places exist and fit. Each mistake has its line."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from generator.dashboards import check_states, check_values, kql, layout
from generator.dashboards.model import Links, Markdown, Metric, OptionsControl, Search, State
from generator.errors import UserError

if TYPE_CHECKING:
    from generator.dashboards.catalogue import Catalogue, ViewInfo
    from generator.dashboards.load import Source
    from generator.dashboards.model import Panel
    from generator.dashboards.settings import Settings
    from generator.yamltext import Place


class Checker:
    """Collects the mistakes of one dashboard."""

    def __init__(self, source: Source, catalogue: Catalogue, settings: Settings, slugs: set[str]) -> None:
        """`slugs` are the names of all dashboards, for links and drilldowns."""
        self.source, self.catalogue, self.settings, self.slugs = source, catalogue, settings, slugs
        self.errors: list[UserError] = []

    def say(self, what: str, *place: str | int, hint: str | None = None) -> None:
        """Note a mistake at a place of the file."""
        self.errors.append(UserError(what, where=self.source.where(*place), hint=hint))

    def run(self) -> list[UserError]:
        """Every mistake of the dashboard, in the order of its lines."""
        board = self.source.dashboard
        view = self.view(board.data, "data")
        if view:
            self.kql(board.filter, view, "filter")
        for number, control in enumerate(board.controls):
            place = ("controls", number)
            target = self.view(control.data or board.data, *place, "data")
            if target:
                call = "options" if isinstance(control, OptionsControl) else "range"
                self.field(control.field, call, target, *place, "field")
        numbers_by_id: dict[str, int] = {}
        for number, panel in enumerate(board.panels):
            if panel.id in numbers_by_id:
                self.say(f"the id {panel.id!r} is taken", "panels", number, "id", hint="each panel needs its own")
            numbers_by_id[panel.id] = number
            self._panel(panel, ("panels", number))
        self._layout()
        return sorted(self.errors, key=lambda error: int((error.where or ":0").rpartition(":")[2]))

    def _panel(self, panel: Panel, place: Place) -> None:
        if not panel.title and not isinstance(panel, (Metric, Markdown, Links, State)):
            self.say("a panel needs a title", *place, hint="write `title: …`")
        if isinstance(panel, Links):
            for number, slug in enumerate(panel.to):
                self.dashboard(slug, *place, "to", number)
        if isinstance(panel, State):
            check_states.check(self, panel, place)
        if isinstance(panel, (Links, Markdown, State)):
            return
        self._link(panel, place)
        view = self.view(panel.data or self.source.dashboard.data, *place, "data")
        if view is None:
            return
        self.kql(panel.filter, view, *place, "filter")
        for number, pill in enumerate(panel.pills):
            self.field(pill.field, "kql", view, *place, "pills", number, "field")
        if isinstance(panel, Search):
            for number, name in enumerate(panel.columns):
                self.field(name, None, view, *place, "columns", number)
            self.field(panel.sort, "terms" if panel.sort != "@timestamp" else None, view, *place, "sort")
        else:
            check_values.check(self, panel, view, place)

    def _link(self, panel: Panel, place: Place) -> None:
        slug = getattr(panel, "to", None)
        if slug is None:
            return
        self.dashboard(slug, *place, "to")
        if isinstance(panel, Metric) and panel.split is None:
            self.say("a click on a metric leads nowhere in Kibana", *place, "to", hint="leave it out")

    def _layout(self) -> None:
        panels = self.source.dashboard.panels
        boxes = layout.place(panels)
        for number, box in enumerate(boxes):
            place = ("panels", number, "at" if panels[number].at else "size")
            if box.x + box.w > layout.WIDTH:
                self.say(f"ends at column {box.x + box.w} of {layout.WIDTH}", *place, hint="make it narrower")
            for earlier in range(number):
                if box.overlaps(boxes[earlier]):
                    self.say(f"{panels[number].id!r} overlaps {panels[earlier].id!r}", *place, hint="move one of them")

    def view(self, name: str, *place: str | int) -> ViewInfo | None:
        """A data view by name."""
        if name not in self.catalogue.views:
            self.say(f"there is no data view {name!r}", *place, hint=_hint(name, list(self.catalogue.views)))
        return self.catalogue.views.get(name)

    def dashboard(self, slug: str, *place: str | int) -> None:
        """A dashboard has to exist."""
        if slug not in self.slugs:
            self.say(f"there is no dashboard {slug!r}", *place, hint=_hint(slug, sorted(self.slugs)))

    def field(self, name: str, call: str | None, view: ViewInfo, *place: str | int) -> bool:
        """A field has to exist in a view, and `call` (None: just showing it) has to work on its type."""
        info = view.fields.get(name)
        if info is None:
            self.say(f"the data view {view.name!r} has no field {name!r}", *place, hint=_hint(name, list(view.fields)))
        elif call and not info.fits(call):
            reason = info.type if info.usable else f"{info.type} that is only stored"
            self.say(f"{call} does not work on {name} ({reason})", *place, hint="take a field of another type")
        return info is not None

    def kql(self, text: str, view: ViewInfo, *place: str | int) -> None:
        """A query has to parse, and its fields have to be searchable."""
        for name in kql.fields_or_say(text, self.say, *place):
            self.field(name, "kql", view, *place)

    def amount(self, text: str | None, *place: str | int) -> None:
        """A number or a name of the price card."""
        if text is None:
            return
        try:
            self.settings.number(text)
        except ValueError as error:
            self.say(str(error), *place)


def _hint(name: str, names: list[str]) -> str:
    matches = difflib.get_close_matches(name, names, 1)
    return f"did you mean {matches[0]}?" if matches else f"known are {', '.join(sorted(names)[:12])}"
