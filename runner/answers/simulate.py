"""What the same calls would have cost: with another model, by another card, in part or with limits.

Every call is priced by itself, with the same rules as the filter (`holysheep.price`): tiers by the size of its own
prompt, cached tokens at the target's rates, rounded once a call. What may not move keeps what it cost.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal

from holysheep.price import Pricer
from holysheep.price.pricer import entry_at
from runner.answers import repriced

if TYPE_CHECKING:
    from holysheep.price import Call, PriceRules
    from holysheep.price.rules import ModelRule, PriceRule
    from runner.answers.reader import Selection

FIELDS: Final = (
    "holysheep.cost.total_nano",
    "holysheep.cost.status",
    "holysheep.price.model",
    "holysheep.model.family",
)
Verdict = Literal["moved", "kept", "not_billed", "no_price_now", "no_price_then"]


@dataclass(frozen=True)
class Plan:
    """What is assumed."""

    rules: PriceRules
    #: the model that answers instead; None: the same model, by these rules
    to: str | None = None
    #: part of the calls that may move which do
    share: Fraction = Fraction(1)
    #: models of the card that move; empty: all
    only: frozenset[str] = frozenset()
    #: families that stay
    keep_families: frozenset[str] = frozenset()
    #: a longer prompt stays, whatever the window
    max_input: int | None = None
    #: by the entries of this moment (milliseconds since 1970) instead of those of each call's own
    prices_at_ms: int | None = None
    #: tokens that the context of `to` holds; None: not known
    window: int | None = None


@dataclass
class Line:
    """The calls of one model. Money in nano-USD; `now` and `then` are of the calls that are compared."""

    model: str
    calls: dict[Verdict, int] = field(default_factory=dict)
    #: what the calls that move cost now, and then
    moved_now: int = 0
    moved_then: int = 0
    kept: int = 0
    #: what calls without a price now would cost then; in no sum
    unpriced_then: int = 0
    #: calls whose service tier the target does not have: taken at its plain price
    plain_tier: int = 0
    #: calls that are kept only because the target's context does not hold them
    too_long: int = 0

    def add(self, other: Line) -> None:
        """Take another line in."""
        for verdict, number in other.calls.items():
            self.calls[verdict] = self.calls.get(verdict, 0) + number
        for name in ("moved_now", "moved_then", "kept", "unpriced_then", "plain_tier", "too_long"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True)
class Figures:
    """A line's sums: calls, cost now and then."""

    calls: int
    now: int
    then: int

    @property
    def saved(self) -> int:
        """Less than now; negative for more."""
        return self.now - self.then

    @property
    def part(self) -> float | None:
        """The saved part of what it costs now."""
        return self.saved / self.now if self.now else None


@dataclass(frozen=True)
class Simulation:
    """The answer: a line a model, the dearest first."""

    plan: Plan
    lines: list[Line]

    @property
    def all(self) -> Line:
        """All lines as one."""
        whole = Line("all")
        for line in self.lines:
            whole.add(line)
        return whole

    def figures(self, line: Line) -> Figures:
        """The sums of a line. Of a share of the calls each counts by that share; rounded once, half up."""
        change = (line.moved_then - line.moved_now) * self.plan.share
        now = line.moved_now + line.kept
        return Figures(sum(line.calls.values()), now, now + (change + Fraction(1, 2)).__floor__())


def simulate(selection: Selection, plan: Plan) -> Simulation:
    """Price every call of a selection anew. Memory holds a line a model. UserError when it can't be asked."""
    pricer = Pricer(plan.rules if plan.prices_at_ms is None else _of_one_time(plan.rules, plan.prices_at_ms))
    lines: dict[str, Line] = {}
    for document in selection.documents((*FIELDS, *repriced.fields(plan.rules))):
        name = document.get("holysheep.price.model") or f"{document.get('gen_ai.request.model', '(none)')} (no price)"
        line = lines.get(name)
        if line is None:
            line = lines[name] = Line(name)
        verdict = _weigh(line, document, plan, pricer)
        line.calls[verdict] = line.calls.get(verdict, 0) + 1
    return Simulation(plan, sorted(lines.values(), key=lambda line: (-line.moved_now - line.kept, line.model)))


def _of_one_time(rules: PriceRules, at_ms: int) -> PriceRules:
    """The rules with the entries of one moment alone, as if always valid; hours stay those of each call."""
    models: list[ModelRule] = []
    for model in rules["models"]:
        entry = entry_at(model["prices"], at_ms)
        prices: list[PriceRule] = [{**entry, "from_ms": 0}] if entry else []
        models.append({**model, "prices": prices})
    return {**rules, "models": models}


def _weigh(line: Line, document: dict[str, Any], plan: Plan, pricer: Pricer) -> Verdict:
    """Add one call to its line."""
    status = document.get("holysheep.cost.status")
    now = document.get("holysheep.cost.total_nano", 0)
    if status == "not_billed":
        # Failed without an answer, or answered by the gateway's own cache: that costs nothing anywhere.
        return "not_billed"
    may_move = _may_move(document, plan)
    if not (may_move and _fits(document, plan)):
        line.kept += now
        if status != "priced":
            return "no_price_now"
        # Of those that the options keep nobody asks whether they would fit.
        line.too_long += may_move
        return "kept"
    then = _price(line, repriced.call(document, model=plan.to), pricer)
    if status != "priced":
        line.unpriced_then += then or 0
        return "no_price_now"
    if then is None:
        line.kept += now
        return "no_price_then"
    line.moved_now += now
    line.moved_then += then
    return "moved"


def _may_move(document: dict[str, Any], plan: Plan) -> bool:
    if plan.only and document.get("holysheep.price.model") not in plan.only:
        return False
    if document.get("holysheep.model.family") in plan.keep_families:
        return False
    return plan.max_input is None or document.get("gen_ai.usage.input_tokens", 0) <= plan.max_input


def _fits(document: dict[str, Any], plan: Plan) -> bool:
    """Whether the target's context holds prompt and answer, as far as is known. What it answered itself it did hold."""
    if plan.window is None or plan.max_input is not None or document.get("holysheep.price.model") == plan.to:
        return True
    prompt, answer, total = (document.get(repriced.FIELDS[part], 0) for part in ("input", "output", "total"))
    # Some logs have the total alone.
    tokens: int = max(prompt + answer, total)
    return tokens <= plan.window


def _price(line: Line, call: Call, pricer: Pricer) -> int | None:
    outcome = pricer.price(call)
    if outcome.reason == "unknown_service_tier":
        line.plain_tier += 1
        outcome = pricer.price(replace(call, service_tier=None))
    return outcome.cost.total if outcome.cost and outcome.status == "priced" else None
