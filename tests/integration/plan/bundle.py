"""A rendered bundle with a prefix of its own, of which the cluster has nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from runner.cluster import apply, plan
from runner.cluster.plan import Options

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from runner.step import Step

PREFIX: Final = "planned"
DEFAULT: Final = Options()


def day(offset: int = 0) -> str:
    """A day in UTC as an index has it in its name."""
    return (datetime.now(UTC).date() + timedelta(days=offset)).strftime("%Y.%m.%d")


@dataclass(frozen=True)
class Bundle:
    """A rendered bundle with a prefix of its own, which the cluster has nothing of."""

    es: Elasticsearch
    folder: Path

    def plan(self, options: Options = DEFAULT) -> list[Step]:
        """The plan as it is now."""
        return plan.make(self.es, self.folder, options)

    def apply(self, options: Options = DEFAULT) -> list[apply.Applied]:
        """Write the plan."""
        steps = self.plan(options)
        apply.refuse(steps)
        return list(apply.execute(self.es, self.folder, steps))

    def edit(self, name: str, change: Callable[[dict[str, Any]], object]) -> None:
        """Change a rendered file."""
        path = self.folder / f"{name}.json"
        body = json.loads(path.read_text())
        change(body)
        path.write_text(json.dumps(body))

    def index(self, kind: str, offset: int = 0) -> str:
        """Make the index of a day; its name."""
        name = f"{PREFIX}-{kind}-{day(offset)}"
        self.es.indices.create(index=name)
        return name


def add_field(body: dict[str, Any]) -> None:
    """A field that no index has yet, inside an object that they have."""
    body["template"]["mappings"]["properties"]["gen_ai"]["properties"]["shade"] = {"type": "keyword"}


def change_type(body: dict[str, Any]) -> None:
    """A keyword that becomes a number."""
    body["template"]["mappings"]["properties"]["event"]["properties"]["outcome"] = {"type": "long"}


def shown(step: Step) -> list[tuple[str, str | None, str | None]]:
    """A step's differences as plain tuples."""
    return [(change.path, change.old, change.new) for change in step.differences]
