"""Writes a plan into a cluster, step by step. A step that was written before is not in the plan again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from elastic_transport import TransportError
from elasticsearch import ApiError

from generator.errors import UserError, UserErrors
from runner.cluster import plan as planning
from runner.cluster import present, rendered
from runner.cluster.reasons import reason_of, unanswered
from runner.step import WRITES, refused, together, words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from runner.runtime import Say
    from runner.step import Step

Result = Literal["created", "changed", "deleted", "unchanged", "skipped"]
_RESULTS: Final[dict[str, Result]] = {
    "create": "created",
    "change": "changed",
    "delete": "deleted",
    "unchanged": "unchanged",
}


@dataclass(frozen=True)
class Applied:
    """The result of one step; `why` says from when it holds, or why it was skipped."""

    kind: str
    name: str
    result: Result
    why: str = ""


def apply(es: Elasticsearch, folder: Path, say: Say = lambda _: None) -> list[Applied]:
    """Plan and apply every file below a rendered elasticsearch/ folder; nothing is deleted.

    `say` gets what differs before anything is written, without the objects that are new.
    Raises UserError when the cluster refuses a file, with its reason, when there is nothing to apply, and when today's
    indices can't take a change.
    """
    steps = planning.make(es, folder, planning.Options())
    for line in differing(steps):
        say(line)
    refuse(steps)
    return list(execute(es, folder, steps))


def refuse(steps: list[Step]) -> None:
    """UserErrors when the plan has a change that the indices of today can't take."""
    wrong = [
        UserError(f"{change.path}: {change.old} → {change.new}: {step.notes[0]}", where=", ".join(names))
        for step, names in together(refused(steps))
        for change in step.differences
    ]
    if wrong:
        raise UserErrors(wrong)


def differing(steps: list[Step]) -> list[str]:
    """What differs in what is there already, as lines for people; empty when nothing does."""
    lines: list[str] = []
    for step, names in together(step for step in steps if step.action in ("change", "delete", "refuse")):
        title, details = words(step, names)
        lines += [f"  {title}", *(f"      {line}" for line in details)]
    return ["Elasticsearch differs from the rendered files:", *lines] if lines else []


def execute(es: Elasticsearch, folder: Path, steps: list[Step]) -> Iterator[Applied]:
    """Write the steps in their order; yields each result when it is there.

    UserError when the cluster refuses one; those before it are written, and a new plan has the rest.
    """
    apis = {kind.folder: kind.api for kind in rendered.kinds(folder)}
    for step in steps:
        if step.action not in WRITES:
            if step.action in ("unchanged", "skip", "keep"):
                result = _RESULTS.get(step.action, "skipped")
                yield Applied(step.kind, step.name, result, "; ".join(step.notes))
            continue
        try:
            yield _write(es, apis, step)
        except ApiError as error:
            raise _refusal(folder, step, error) from error
        except TransportError as error:
            raise unanswered(error, "apply again when it does") from None


def results(applied: list[Applied]) -> list[str]:
    """The results as lines for people: one line of counts, and each reason why something was skipped."""
    counts = Counter(item.result for item in applied)
    lines = ["Templates: " + ", ".join(f"{count} {result}" for result, count in sorted(counts.items()))]
    skipped = Counter(item.why for item in applied if item.result == "skipped")
    return lines + [f"  skipped {count}: {why}" for why, count in skipped.items()]


def _write(es: Elasticsearch, apis: dict[str, str], step: Step) -> Applied:
    path = f"/{step.name}/_mapping" if step.kind == planning.INDICES else f"/{apis[step.kind]}/{step.name}"
    method = "DELETE" if step.action == "delete" else "PUT"
    try:
        es.perform_request(method, path, headers=present.HEADERS, body=step.body)
    except ApiError as error:
        gone = error.status_code == present.NOT_FOUND
        if gone and (step.action == "delete" or step.kind == planning.INDICES):
            return Applied(step.kind, step.name, "skipped", "it was deleted meanwhile")
        if step.kind in present.APIS and (why := present.missing_module(step.kind, error)):
            return Applied(step.kind, step.name, "skipped", why)
        raise
    return Applied(step.kind, step.name, _RESULTS[step.action], "; ".join(step.notes))


def _refusal(folder: Path, step: Step, error: ApiError) -> UserError:
    if error.status_code in (present.UNAUTHORIZED, present.FORBIDDEN):
        return present.refusal(step.kind, error, "write")
    if step.kind == planning.INDICES or step.action == "delete":
        return UserError(f"Elasticsearch refuses this: {reason_of(error)}", where=f"{step.kind}/{step.name}")
    return UserError(
        f"Elasticsearch refuses this file: {reason_of(error)}",
        where=str(folder / step.kind / f"{step.name}.json"),
        hint="run `make render`, then try again",
    )
