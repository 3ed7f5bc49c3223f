"""20,000 calls from a seed, with an incident in them, as documents: the data that the pages' figures are checked on.

16,000 calls lie on the day of `now` and the one before it, 4,000 on the 28 days before those. For one hour, five hours
before `now`, claude-sonnet-4.5 answers three times slower and refuses 45 % of its calls with 429, at once. Costs follow
the rates of pricing.yaml; nothing here asks our own code for them.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any, Final

Document = dict[str, Any]
CALLS: Final = 20_000
NOW: Final = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
#: Card's model: provider, family, USD per million input and output tokens, median of the latency in ms, share of calls,
#: names in the log.
MODELS: Final = {
    "gpt-4.1": ("openai", "OpenAI", 8, 24, 1200, 34, ("gpt-4.1", "gpt-4.1-2025-04-14")),
    "claude-sonnet-4.5": ("anthropic", "Anthropic", 15, 75, 2400, 24, ("claude-sonnet-4.5", "claude-sonnet-4-5")),
    "gemini-2.5-flash": ("gcp.gemini", "Google", 2.5, 10, 550, 22, ("gemini-2.5-flash",)),
    "deepseek-v3.2": ("deepseek", "DeepSeek", 0.42, 2.7, 1500, 16, ("deepseek-v3.2", "deepseek-chat-v3.2")),
    "": ("openai", "OpenAI", 0, 0, 900, 4, ("gpt-5.1-mini",)),
}
TEAMS: Final = ("search", "billing", "mobile", "support", "research", None)
INCIDENT: Final = "claude-sonnet-4.5"
#: How the failed calls outside the incident fail: type, status, message, milliseconds.
FAILURES: Final = (
    ("rate_limit_exceeded", 429, "Rate limit reached for requests: limit 500 RPM, please slow down", 200),
    ("timeout", 504, "Request timed out after 30s", 30_000),
    ("provider_server_error", 500, "The engine is currently overloaded, please try again later", 900),
    ("client_error", 400, "This model's maximum context length is 131072 tokens, however you requested 140211", 150),
)


def calls(now: datetime = NOW, seed: int = 11) -> list[Document]:
    """The calls, oldest first; the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - data for tests
    times = sorted(_time(dice, now, number) for number in range(CALLS))
    return [_call(dice, when, number, now) for number, when in enumerate(times)]


def actions(prefix: str, now: datetime = NOW) -> list[Document]:
    """Every call as a bulk action in the index of its UTC day, failed ones in `errors` too; and what else arrives."""
    result: list[Document] = []
    for document in calls(now):
        day = str(document["@timestamp"])[:10].replace("-", ".")
        result.append({"_index": f"{prefix}-api-{day}", "_source": document})
        if document["event.outcome"] == "failure":
            result.append({"_index": f"{prefix}-errors-{day}", "_source": document})
    result += [{"_index": f"{prefix}-{name}-{now:%Y.%m.%d}", "_source": document} for name, document in _others(now)]
    return result


def incident(now: datetime = NOW) -> tuple[datetime, datetime]:
    """When the incident begins and ends."""
    return now - timedelta(hours=5), now - timedelta(hours=4)


def _time(dice: random.Random, now: datetime, number: int) -> datetime:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if number < CALLS * 4 // 5:
        span = now - midnight + timedelta(days=1)
        return midnight - timedelta(days=1) + span * dice.random()
    return midnight - timedelta(days=1) - timedelta(days=28) * dice.random()


def _call(dice: random.Random, when: datetime, number: int, now: datetime) -> Document:
    (model,) = dice.choices(list(MODELS), [row[5] for row in MODELS.values()])
    provider, family, _, _, median, _, names = MODELS[model]
    start, end = incident(now)
    hit = model == INCIDENT and start <= when < end
    team = dice.choice(TEAMS)
    document: Document = {
        "@timestamp": when.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "holysheep.source": "client",
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": dice.choices(names, [9, 1][: len(names)])[0],
        "holysheep.model.family": family,
        "gen_ai.response.id": f"r{number}",
        "user.id": f"user-{min(int(dice.expovariate(0.15)) + 1, 40):03d}",
        "service.name": dice.choice(("chat-api", "batch-jobs", "search-api")),
        "service.environment": dice.choice(("production", "production", "production", "staging")),
        "gen_ai.conversation.id": f"sess-{dice.randrange(3000):04d}",
        "holysheep.price.version": "0eada5d4eb13",
    }
    if model:
        document["holysheep.price.model"] = model
    if team:
        document["labels.team"] = team
        document["labels.api_key"] = f"{team}-key-{number % 2 + 1}"
    if dice.random() < 0.3:
        document["trace.id"] = f"trace-{dice.randrange(1500):04d}"
    if dice.random() < (0.45 if hit else 0.015):
        return document | _failure(FAILURES[0] if hit else dice.choice(FAILURES))
    latency = round(median * (3 if hit else 1) * dice.lognormvariate(0, 0.5), 1)
    return document | _success(dice, model, latency)


def _failure(how: tuple[str, int, str, int]) -> Document:
    kind, status, message, latency = how
    return {
        "event.outcome": "failure",
        "error.type": kind,
        "http.response.status_code": status,
        "error.message": message,
        "holysheep.error.category": "rate_limit_error" if status == 429 else "api_connection_error",
        "holysheep.error.suggestion": "Retry with exponential back-off, spread the calls, or raise the limit.",
        "holysheep.retry_count": 2,
        "holysheep.latency.ms": latency,
        "holysheep.cost.status": "not_billed",
        "holysheep.cost.total": 0.0,
    }


def _success(dice: random.Random, model: str, latency: float) -> Document:
    prompt, answer = dice.randrange(200, 9000), dice.randrange(20, 1600)
    cached = prompt // 2 if dice.random() < 0.4 else 0
    _, _, input_rate, output_rate, *_ = MODELS[model]
    document: Document = {
        "event.outcome": "success",
        "http.response.status_code": 200,
        "gen_ai.usage.input_tokens": prompt,
        "gen_ai.usage.output_tokens": answer,
        "gen_ai.usage.cache_read.input_tokens": cached,
        "holysheep.latency.ms": latency,
        "holysheep.latency.class": _class(latency),
        "holysheep.latency.first_chunk_ms": round(latency / 4, 1),
    }
    if not model:
        return document | {"holysheep.cost.status": "unpriced", "holysheep.cost.unpriced_reason": "unknown_model"}
    thought = answer // 3 if model == "claude-sonnet-4.5" else 0
    output = round((answer - thought) * output_rate / 1e6, 9)
    total = round((prompt * input_rate + answer * output_rate) / 1e6, 9)
    document |= {"holysheep.cost.status": "priced", "holysheep.cost.total": total, "holysheep.cost.output": output}
    if thought:
        document["gen_ai.usage.reasoning.output_tokens"] = thought
        document["holysheep.cost.reasoning"] = round(thought * output_rate / 1e6, 9)
    if cached:
        document["holysheep.cost.cached_input"] = round(cached * input_rate / 1e6, 9)
    if dice.random() < 0.02:
        difference = dice.choice((0.0, 7.5e-7, -8.6e-7))
        document |= {"holysheep.cost.reported": total + difference, "holysheep.cost.difference": difference}
    return document


def _class(latency: float) -> str:
    for name, bound in (("fast", 500), ("normal", 2000), ("slow", 5000)):
        if latency < bound:
            return name
    return "timeout_risk"


def _others(now: datetime) -> list[tuple[str, Document]]:
    """Agent steps, error events that a classifier judged, rejected and synthetic lines, in the last two hours."""
    result: list[tuple[str, Document]] = []
    for number in range(240):
        when = (now - timedelta(seconds=30 * number)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        base: Document = {"@timestamp": when, "holysheep.source": "agent", "event.outcome": "success"}
        step = ("plan", "retrieve", "tool_call", "reply")[number % 4]
        result.append(
            (
                "audit",
                base
                | {
                    "trace.id": f"trace-{number // 4}", "gen_ai.agent.id": f"agent-{number % 3}",
                    "holysheep.audit.step": step, "holysheep.cost.total": 0.01, "holysheep.latency.ms": 800,
                },
            )
        )  # fmt: skip
        if number < 120:
            judged = {"error.message": "Connection reset by peer", "holysheep.error.category": "api_connection_error"}
            judged["holysheep.error.suggestion"] = "Check network, DNS and the gateway's address."
            result.append(("errors", {"@timestamp": when, "holysheep.source": "error_event", **judged}))
        if number < 14:
            reason = {"holysheep.rejected.reason": "invalid_json", "holysheep.rejected.bytes": 40}
            result.append(("rejected", {"@timestamp": when, "holysheep.source": "client", **reason}))
        result.append(("canary", _canary(when, number)))
    return result


def _canary(when: str, number: int) -> Document:
    """A synthetic line, by file and webhook in turns. Two of an hour's 120 say that the one before is missing."""
    path = ("file", "webhook")[number % 2]
    document: Document = {"@timestamp": when, "holysheep.source": "canary", "holysheep.canary.path": path}
    document["holysheep.canary.sequence"] = 29_000_000 - number // 2
    if number in (20, 21):
        return document | {"holysheep.canary.previous_missing": True}
    return document | {"holysheep.canary.previous_ms": 1500 + number if path == "file" else 600 + number}
