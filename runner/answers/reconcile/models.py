"""Which row of the comparison a model's name belongs to, and how its kinds of tokens weigh against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from holysheep.price import Matcher
from holysheep.price.match import forms
from holysheep.price.pricer import entry_at
from runner.answers.reconcile.bill import Tells

if TYPE_CHECKING:
    from holysheep.price.rules import ModelRule, PriceRules
    from runner.answers.reconcile.bill import Tokens

#: For lines that name no model.
NONE: Final = "(no model)"
#: Tokens of every kind count alike, where no price says otherwise.
ALIKE: Final = (1, 1, 1, 1)


class Row(NamedTuple):
    """A row's name, and the card's model behind it."""

    name: str
    model: ModelRule | None


class Models:
    """Looks names up as the filter does; names of any spelling of an unknown model share a row."""

    def __init__(self, rules: PriceRules) -> None:
        """`rules` are the card's."""
        self._matcher = Matcher(rules)
        self._by_id = {model["id"]: model for model in rules["models"]}
        self._memo: dict[str, Row] = {}

    def row(self, name: str) -> Row:
        """The row of a model's name in a bill or log, such as "Claude Sonnet 4.5" in a CSV of Anthropic's Console."""
        row = self._memo.get(name)
        if row is None:
            if len(self._memo) > 10_000:  # noqa: PLR2004 - names repeat; this bounds the memory
                self._memo.clear()
            row = self._memo[name] = self._look_up(name)
        return row

    def _look_up(self, name: str) -> Row:
        match = self._matcher.match(name) or self._matcher.match(name.strip().replace(" ", "-"))
        if match:
            return Row(match.model["id"], match.model)
        candidates = forms(name)
        return Row(f"{candidates[-1]} (no price)" if candidates else NONE, None)

    def weights(self, name: str, at_ms: int, tells: Tells) -> tuple[int, int, int, int]:
        """How much a token of each kind costs by the card's price of a time, up to a factor.

        Cached or written tokens that are not told apart count as other input does; without output all count alike.
        """
        model = self._by_id.get(name)
        entry = entry_at(model["prices"], at_ms) if model and Tells.OUTPUT in tells else None
        if entry is None:
            return ALIKE
        plain = entry["input"]
        cached = entry["cached_input"] if Tells.CACHED in tells else plain
        written = entry["cache_write"] if Tells.WRITTEN in tells else plain
        found = (plain, cached, written, entry["output"])
        return found if any(found) else ALIKE


def weigh(tokens: Tokens, weights: tuple[int, int, int, int]) -> int:
    """The weighted sum."""
    return sum(number * weight for number, weight in zip(tokens, weights, strict=True))
