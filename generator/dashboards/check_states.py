"""The checks of a page's line of states: each metric is there, can be looked at, and has a word for each threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.dashboards import formula, states
from generator.dashboards.model import Metric

if TYPE_CHECKING:
    from generator.dashboards.check import Checker
    from generator.dashboards.model import State
    from generator.yamltext import Place


def check(checker: Checker, panel: State, place: Place) -> None:
    """Every mistake of a line of states."""
    metrics = {other.id: other for other in checker.source.dashboard.panels if isinstance(other, Metric)}
    for number, state in enumerate(panel.of):
        where = (*place, "of", number, "panel")
        metric = metrics.get(state.panel)
        if metric is None:
            known = ", ".join(name for name, other in metrics.items() if other.value.thresholds)
            checker.say(f"no metric is called {state.panel!r}", *where, hint=f"write one of {known}")
        elif not metric.value.thresholds or any(
            threshold.word is None for threshold in metric.value.thresholds if threshold.tone != "good"
        ):
            checker.say(f"{state.panel!r} has no word for each of its thresholds", *where, hint="write `word: …`")
        else:
            _figure(checker, metric, where)


def _figure(checker: Checker, metric: Metric, where: Place) -> None:
    try:
        states.figure_of(metric)
    except formula.FormulaError:
        return  # Told at the metric itself.
    except states.StateError as error:
        checker.say(f"the state of {metric.id!r} can't be told: {error}", *where, hint="leave it out of the line")
