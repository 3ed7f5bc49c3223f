"""The whole plan: Elasticsearch, Kibana and the alert rules, as they are and as they are rendered."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runner.cluster import apply as cluster_apply
from runner.cluster import plan as cluster_plan
from runner.kibana import plan as kibana_plan
from runner.plan import alert_rules
from runner.step import WRITES, Step, writing
from runner.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from runner.kibana.client import Kibana
    from runner.runtime import Runtime

Json = dict[str, Any]


@dataclass(frozen=True)
class Rendered:
    """What is compared: the checkout with the rendered files, the saved objects, and the budgets' time zone."""

    root: Path
    saved_objects: list[Json]
    zone: str


@dataclass(frozen=True)
class Target:
    """What it is compared with."""

    runtime: Runtime
    es: Elasticsearch
    kibana: Kibana | None
    #: Why there is no Kibana to compare with.
    no_kibana: str


@dataclass(frozen=True)
class Options:
    """What the plan may do."""

    cluster: cluster_plan.Options
    kibana: kibana_plan.Options


@dataclass(frozen=True)
class Plan:
    """The steps of each part."""

    elasticsearch: list[Step]
    kibana: list[Step]
    alerts: list[Step]

    @property
    def steps(self) -> list[Step]:
        """All steps."""
        return [*self.elasticsearch, *self.kibana, *self.alerts]

    @property
    def counts(self) -> Counter[str]:
        """Action → number of steps."""
        return Counter(step.action for step in self.steps)

    @property
    def to_do(self) -> bool:
        """Whether something differs that applying would change."""
        return any(step.action in WRITES for step in self.steps)


def make(target: Target, rendered: Rendered, options: Options) -> Plan:
    """Compare. UserError when a part can't be read."""
    if target.kibana is None:
        kibana = [Step("skip", "saved object", "all", notes=(f"not compared: {target.no_kibana}",))]
    else:
        kibana = kibana_plan.make(target.kibana, rendered.saved_objects, rendered.zone, options.kibana)
    return Plan(
        elasticsearch=cluster_plan.make(target.es, rendered.root / "elasticsearch", options.cluster),
        kibana=kibana,
        alerts=alert_rules.steps(target.runtime, rendered.root / "elastalert" / "rules"),
    )


def same(left: Plan, right: Plan) -> bool:
    """Whether two plans write the same. The alert rules are left out: the container reads them by itself."""
    return [_written(step) for step in (*left.elasticsearch, *left.kibana)] == [
        _written(step) for step in (*right.elasticsearch, *right.kibana)
    ]


def _written(step: Step) -> str:
    return json.dumps([step.as_json(), step.body], sort_keys=True)


def write(target: Target, rendered: Rendered, plan: Plan, say: Callable[[str], None]) -> Counter[str]:
    """Write the plan; `say` gets a line for each object. The number of results by their name.

    UserError when a step is refused; the steps before it are written, and a new plan has the rest.
    """
    done: Counter[str] = Counter()
    for result in cluster_apply.execute(target.es, rendered.root / "elasticsearch", writing(plan.elasticsearch)):
        if result.result in ("created", "changed", "deleted"):
            say(f"{result.result} {result.kind}/{result.name}")
            done[result.result] += 1
        else:
            say(f"not written: {result.kind}/{result.name}: {result.why}")
    if target.kibana is not None and (steps := writing(plan.kibana)):
        say(f"Kibana: writing {counted(len(steps), 'object')}")
        kibana_plan.refuse(kibana_plan.execute(target.kibana, plan.kibana, rendered.saved_objects))
        done.update({"create": "created", "change": "changed", "delete": "deleted"}[step.action] for step in steps)
    if rules := writing(plan.alerts):
        left = alert_rules.wait(target.runtime, rendered.root / "elastalert" / "rules", say)
        for step in left:
            say(f"not loaded: {step.kind} {step.name}: ElastAlert's log says why: make logs")
        done["loaded"] = len(rules) - len(left)
    return done
