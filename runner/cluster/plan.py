"""Compares the rendered elasticsearch/ files with a cluster: what is to be written, and from which day it holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from elastic_transport import TransportError

from runner.cluster import bodies, fields, indices, present, prune, rendered
from runner.cluster.reasons import unanswered
from runner.step import Step

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from runner.cluster.indices import Index, Open
    from runner.cluster.present import Present
    from runner.cluster.rendered import Rendered
    from runner.step import Difference

Json = dict[str, Any]
#: Indices of yesterday and today: lines come late around midnight.
DAYS: Final = 2
INDICES: Final = "indices"
FROM_TOMORROW: Final = "`apply --from-tomorrow`"


@dataclass(frozen=True)
class Options:
    """What a plan may do."""

    #: Delete what is ours and no longer rendered.
    prune: bool = False
    #: Accept a change that the indices of today can't take.
    from_tomorrow: bool = False
    #: New fields are put into the indices of the last `days` days, today included.
    days: int = DAYS


def make(es: Elasticsearch, folder: Path, options: Options, now: date | None = None) -> list[Step]:
    """The steps that make the cluster as it is rendered, in the order in which they are written.

    UserError when the key may not read what the cluster has.
    """
    day = now or indices.today()
    files = rendered.read(folder)
    try:
        has = present.read(es, rendered.kinds(folder))
        prefix = rendered.prefix_of(list(rendered.bodies(files, "component_templates")))
        patterns = {
            name: list(body["index_patterns"]) for name, body in rendered.bodies(files, "index_templates").items()
        }
        live = indices.read(es, patterns if prefix else {}, day, options.days)
    except TransportError as error:
        raise unanswered(error, "see `make status`") from None
    steps = [_with_day(_file(file, has), files, live, day) for file in files]
    for name, body in rendered.bodies(files, "index_templates").items():
        wanted = fields.merged(body, rendered.bodies(files, "component_templates"))
        template = has.bodies["index_templates"].get(name, {})
        before = fields.merged(template, has.bodies["component_templates"])
        steps += _Indices(name, wanted, before, options, day).steps(live)
    return [*steps, *prune.steps(has, files, prefix, delete=options.prune)]


def _file(file: Rendered, has: Present) -> Step:
    folder = file.kind.folder
    if why := has.why_not(file):
        return Step("skip", folder, file.name, notes=(why,))
    body = has.bodies[folder].get(file.name)
    if body is None:
        return Step("create", folder, file.name, body=file.body)
    differences = bodies.differences(file.body, body)
    if not differences:
        return Step("unchanged", folder, file.name)
    return Step("change", folder, file.name, differences, body=file.body)


def _with_day(step: Step, files: list[Rendered], live: Open, day: date) -> Step:
    """A changed template with the note from when it holds. Policies and roles hold at once."""
    if step.action != "change" or step.kind not in ("component_templates", "index_templates"):
        return step
    templates = rendered.bodies(files, "index_templates")
    using = [
        name
        for name, body in templates.items()
        if step.name == name or (step.kind == "component_templates" and step.name in body.get("composed_of", []))
    ]
    first = live.next_day(using, day)
    when = "today on: there is no index of today yet" if first == day else f"{first} (UTC) on"
    notes = [f"holds for indices made from {when}"]
    if live.unseen & set(using):
        notes.append(f"the indices of today can't be seen: the key lacks {indices.SEE}")
    return replace(step, notes=tuple(notes))


@dataclass(frozen=True)
class _Indices:
    """The indices of one index template."""

    template: str
    #: The mapping of an index that the rendered templates make.
    wanted: Json
    #: The mapping of an index that the cluster's own templates make now.
    before: Json
    options: Options
    day: date

    def steps(self, live: Open) -> list[Step]:
        """A step for each index that takes documents and lacks a field, or has it with another type."""
        if self.template in live.unseen:
            conflicts = fields.compare(self.wanted, self.before).conflicts
            why = f"whether an index of today has the old type can't be seen: the key lacks {indices.SEE}"
            return [self._refuse(f"{self.template}-*", conflicts, why)] if conflicts else []
        found = live.by_template.get(self.template, [])
        return [step for index in found for step in self._index(index, changeable=self.template not in live.fixed)]

    def _index(self, index: Index, *, changeable: bool) -> list[Step]:
        found = fields.compare(self.wanted, index.mapping)
        # What the cluster's own templates have already holds from the next index on: there is nothing left to write.
        settled = fields.compare(self.before, index.mapping).conflicts
        conflicts = tuple(change for change in found.conflicts if change not in settled)
        late = index.next is not None and index.next <= self.day
        steps = []
        if conflicts and not late:
            steps.append(self._conflict(index, conflicts))
        if found.additions and changeable:
            note = "the index takes this now, for lines that come late" if late else "the index takes this now"
            steps.append(Step("change", INDICES, index.name, found.additions, (note,), found.body))
        elif found.additions:
            note = f"the key lacks the privilege {indices.CHANGE} on this index: holds for indices made after it"
            steps.append(Step("skip", INDICES, index.name, found.additions, (note,)))
        return steps

    def _conflict(self, index: Index, conflicts: tuple[Difference, ...]) -> Step:
        if index.next is None:
            why = "an index that exists can't take it, and no other follows: reindex it, or delete it"
            return self._refuse(index.name, conflicts, why)
        why = f"an index that exists can't take it; the next one is of {index.next} (UTC)"
        until = ": holds from then on; until then a value that does not fit becomes a dead letter"
        return self._refuse(index.name, conflicts, why, until)

    def _refuse(self, name: str, conflicts: tuple[Difference, ...], why: str, accepted: str = "") -> Step:
        if self.options.from_tomorrow:
            return Step("keep", INDICES, name, conflicts, (why + accepted,))
        return Step("refuse", INDICES, name, conflicts, (f"{why}; {FROM_TOMORROW} accepts that",))
