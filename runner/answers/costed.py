"""A stored document as the filter would make it of the same line with another price card.

Twin of what logstash/ruby/holysheep/{pricing,call,uncharged}.rb write by the card; tests/cases/test_reprice.py holds
them equal, key order included. By the card are: `holysheep.cost`, `holysheep.price`, `holysheep.model.family`,
`holysheep.latency.class`, `gen_ai.provider.name`, and notes in `holysheep.problems` on what has no price.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, Literal

from holysheep.price import Call, Cost, Match, Matcher, Outcome, Pricer, usd
from holysheep.price.cost import free
from runner.answers import repriced, uncharged

Json = dict[str, Any]
#: Why a document can't be told by another card: the filter knew something of the line that the document does not hold.
Unknown = Literal["masked_model", "cut_model", "lost_provider", "cut_problems"]
WHY: Final[dict[Unknown, str]] = {
    "masked_model": "the model's name holds something that was masked",
    "cut_model": "the model's name may have been cut at 256 characters",
    "lost_provider": "the line's own name of the provider gave way to that of the old card, and the new one has none",
    "cut_problems": "it has 16 problems, of which more may have been left out",
}
#: Bounds of the filter: characters of a model's name, and problems of a document.
_NAME: Final = 256
_PROBLEMS: Final = 16
_NO_FAMILY: Final = "Other"
#: Reasons that are found before a price entry is.
_NO_ENTRY: Final = frozenset({"no_model", "invalid_tokens", "unknown_model", "before_first_price"})
_NOT_A_TEXT: Final = "model: not a text ("
_NOT_A_COUNT: Final = ": not a count between 0 and "
_OUTPUT: Final = f"tokens.output{_NOT_A_COUNT}"


class Recoster:
    """Tells documents by one card."""

    def __init__(self, rules: Json) -> None:
        """`rules`: all that the filter reads of the card (`generator.card.rules.price_rules`)."""
        self.version: str = rules["version"]
        self._pricer = Pricer(rules)  # type: ignore[arg-type]  # the price part is among them
        self._matcher = Matcher(rules)  # type: ignore[arg-type]  # the same
        self._served = rules["price_by"] == "served"
        self._budget: int = rules["budget_request_nano"]
        self._classes: list[tuple[str, int | None]] = rules["latency"]

    def model(self, name: str) -> str | None:
        """Id of the model that a name means; None for one without an entry."""
        match = self._matcher.match(name)
        return str(match.model["id"]) if match else None

    def document(self, source: Json) -> Json | Unknown:
        """The `_source` by this card, or why it can't be told. `source` stays as it is.

        A document without a model's family is no call, and comes back unchanged.
        """
        old = source.get("holysheep", {})
        if "model" not in old:
            return source
        problems: list[str] = old.get("problems", [])
        if len(problems) >= _PROBLEMS:
            return "cut_problems"
        call = self._call(source, problems)
        name = self._pricer.priced_name(call)
        if name and "_MASKED]" in name:
            return "masked_model"
        if name and len(name) >= _NAME:
            return "cut_model"
        match = self._matcher.match(name) if name else None
        return self._told(source, call, match, problems)

    def _call(self, source: Json, problems: list[str]) -> Call:
        call = repriced.call(repriced.flat(source))
        if call.model == "":
            # A name of control characters alone: there is a name, and no card has it.
            call = replace(call, model=" ")
        if any(problem.startswith(_NOT_A_TEXT) for problem in problems):
            call = replace(call, model=None, response_model=call.response_model if self._served else None)
        if any(problem.startswith(_OUTPUT) for problem in problems):
            return replace(call, output=-1)
        if any(_NOT_A_COUNT in problem for problem in problems):
            # A count of the line can't be meant; which one makes no difference.
            return replace(call, cached_image=-1)
        return call

    def _told(self, source: Json, call: Call, match: Match | None, problems: list[str]) -> Json | Unknown:
        old = source["holysheep"]
        asked = call.model or call.response_model
        family, provider = self._family(asked, match)
        by_card = "model" in old.get("price", {}) or old["model"].get("family") != _NO_FAMILY
        if provider is None and by_card:
            return "lost_provider"
        new = {**old, "model": {"family": family or _NO_FAMILY}}
        document = {**source, "holysheep": new, "gen_ai": _gen_ai(source.get("gen_ai", {}), provider, asked)}
        latency = old.get("latency", {})
        if "class" in latency and "ms" in latency:
            new["latency"] = {**latency, "class": self._class(latency["ms"])}
        if "cost" in old:
            outcome = self._outcome(old["cost"], call)
            new["cost"] = self._cost(old["cost"], outcome, call)
            new["price"] = self._price(outcome)
        if not call.failed:
            noted = uncharged.noted(problems, uncharged.notes(old.get("usage", {}), match, call.at_ms))
            if noted != problems:
                document["holysheep"] = _with_problems(new, noted[:_PROBLEMS])
        return document

    def _family(self, asked: str | None, match: Match | None) -> tuple[str | None, str | None]:
        if match:
            return match.model["family"], match.model["provider"]
        return (asked and self._matcher.family(asked)) or (None, None)

    def _class(self, milliseconds: float) -> str:
        return next(name for name, bound in self._classes if bound is None or milliseconds < bound)

    def _outcome(self, cost: Json, call: Call) -> Outcome:
        outcome = self._pricer.price(call)
        if cost["status"] == "not_billed" and outcome.status != "not_billed":
            # Answered out of the gateway's own cache: that costs nothing by any card.
            return replace(outcome, status="not_billed", reason=None, cost=free(0))
        return outcome

    def _cost(self, old: Json, outcome: Outcome, call: Call) -> Json:
        cost: Json = {"status": outcome.status}
        bill = outcome.cost
        if bill is None:
            cost["unpriced_reason"] = outcome.reason
            return cost | _reported(old, None)
        cost |= {"total": usd(bill.total), "total_nano": bill.total, **_reported(old, bill.total), **_parts(bill, call)}
        if bill.total > self._budget:
            cost["over_budget"] = True
        return cost

    def _price(self, outcome: Outcome) -> Json:
        price: Json = {"version": self.version}
        if outcome.match:
            price |= {"model": outcome.match.model["id"], "rule": outcome.match.rule}
            if outcome.rule and outcome.reason not in _NO_ENTRY:
                price["from"] = outcome.rule["from"]
        return price


def _reported(old: Json, total: int | None) -> Json:
    """The log's own figure beside ours."""
    if "reported" not in old:
        return {}
    nano = round(old["reported"] * 1e9)
    return {"reported": usd(nano)} | ({} if total is None else {"difference": usd(nano - total)})


def _parts(bill: Cost, call: Call) -> Json:
    """The parts of a bill, in the filter's order; what is absent there is absent here."""
    parts: Json = {}
    for name, nano in (("input", bill.input), ("output", bill.output)):
        if nano is not None:
            parts[name] = usd(nano)
    if call.reasoning:
        parts["reasoning"] = usd(bill.reasoning)
    if call.cache_read:
        parts["cached_input"] = usd(bill.cached_input)
    if call.cache_write:
        parts["cache_write"] = usd(bill.cache_write)
    for name in ("fee", "units", "tools", "minimum"):
        if nano := getattr(bill, name):
            parts[name] = usd(nano)
    tokens = _tokens(call)
    if tokens > 0:
        parts["per_1k_tokens"] = usd(_per_1k(bill.total, tokens))
    return parts


def _tokens(call: Call) -> int:
    """All tokens of a call. An output that is no count is none."""
    output = call.output if call.output != -1 else None
    if call.input is None and output is None:
        return call.total or 0
    return (call.input or 0) + (output or 0)


def _per_1k(total: int, tokens: int) -> int:
    return (2 * total * 1000 + tokens) // (2 * tokens)


def _gen_ai(old: Json, provider: str | None, asked: str | None) -> Json:
    """`gen_ai` with the provider and the model asked for. What is new stands where the filter writes it."""
    new = dict(old)
    if provider is not None:
        new["provider"] = {"name": provider}
    if asked != " ":
        rest = {key: value for key, value in old.get("request", {}).items() if key != "model"}
        new["request"] = rest if asked is None else {"model": asked, **rest}
        if not new["request"]:
            del new["request"]
    if new.keys() <= old.keys():
        return new
    first = {key: new[key] for key in ("operation", "provider", "request") if key in new}
    return first | new


def _with_problems(part: Json, problems: list[str]) -> Json:
    """`holysheep` with other problems. New ones stand where the filter writes them: before what only copies have."""
    if "problems" in part:
        return {key: value for key, value in {**part, "problems": problems}.items() if value != []}
    copied = {key: part[key] for key in part if key in ("error", "audit")}
    own = {key: part[key] for key in part if key not in copied}
    return own | {"problems": problems} | copied
