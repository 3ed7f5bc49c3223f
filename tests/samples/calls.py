"""Made-up calls with their cost, and the books of a sample file."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

D: Final = Decimal
#: USD per million tokens, input and output: before and from 2025-05-14.
RATES: Final[dict[str, tuple[tuple[Decimal, Decimal], tuple[Decimal, Decimal]]]] = {
    "gpt-4.1": ((D(8), D(8)), (D(8), D(24))),
    "claude-sonnet-4.5": ((D(15), D(15)), (D(15), D(75))),
    "gemini-2.5-flash": ((D("2.5"), D("2.5")), (D("2.5"), D(10))),
    "deepseek-v3.2": ((D("0.42"), D("0.42")), (D("0.42"), D("2.7"))),
}
SPLIT: Final = datetime(2025, 5, 14, tzinfo=UTC)
#: Names as logs have them, and the model of the table that they mean; None for one that the card does not know.
NAMES: Final[dict[str, str | None]] = {
    "gpt-4.1": "gpt-4.1",
    "gpt-4.1-2025-04-14": "gpt-4.1",
    "claude-sonnet-4.5": "claude-sonnet-4.5",
    "claude-sonnet-4-5": "claude-sonnet-4.5",
    "claude-sonnet-4-20250514": "claude-sonnet-4.5",
    "gemini-2.5-flash": "gemini-2.5-flash",
    "deepseek-v3.2": "deepseek-v3.2",
    "deepseek-chat-v3.2": "deepseek-v3.2",
    "deepseek/deepseek-chat-v3-0324": "deepseek-v3.2",
    "gpt-5.1-preview": None,
    "qwen3-max": None,
}
WEIGHTS: Final = (12, 3, 8, 4, 3, 12, 8, 4, 2, 1, 1)
FIVE: Final = (
    '{"event":"chat_completion","timestamp":"2025-01-15T10:30:00Z","model":"gpt-4.1","tokens":{"input":150,"output":320},"latency_ms":850,"cost_usd":0.00376,"status":"success","error":null}',
    '{"event":"chat_completion","timestamp":"2025-01-15T10:30:05Z","model":"deepseek-chat-v3.2","tokens":{"input":150,"output":280},"latency_ms":420,"cost_usd":0.000181,"status":"success","error":null}',
    '{"event":"chat_completion","timestamp":"2025-01-15T10:30:10Z","model":"claude-sonnet-4.5","tokens":{"input":200,"output":450},"latency_ms":1100,"cost_usd":0.00975,"status":"success","error":null}',
    '{"event":"chat_completion","timestamp":"2025-01-15T10:30:15Z","model":"gemini-2.5-flash","tokens":{"input":180,"output":300},"latency_ms":380,"cost_usd":0.0012,"status":"success","error":null}',
    '{"event":"chat_completion","timestamp":"2025-01-15T10:31:00Z","model":"gpt-4.1","tokens":{"input":500,"output":0},"latency_ms":0,"cost_usd":0,"status":"error","error":"rate_limit_exceeded"}',
)
FIVE_NANO: Final = 3_760_000 + 180_600 + 9_750_000 + 1_200_000
ENDPOINT: Final = "https://api.holysheep.ai/v1/chat/completions"
FAILURES: Final = (
    (429, "Rate limit reached for this model, please retry later"),
    (401, "Incorrect API key provided"),
    (500, "The server had an error while processing your request"),
    (503, "Service Unavailable"),
    (400, "This model's maximum context length is 128000 tokens"),
    (504, "Gateway timeout: the provider did not answer in time"),
)


@dataclass
class Call:
    """One made-up call."""

    at: datetime
    name: str
    input: int
    output: int
    ms: float
    failure: tuple[int, str] | None

    @property
    def nano(self) -> int | None:
        """Its cost in 10⁻⁹ USD; None when there is no price."""
        if self.failure:
            return 0
        model = NAMES[self.name]
        if model is None:
            return None
        rates = RATES[model][1 if self.at >= SPLIT else 0]
        pico = self.input * rates[0] * 10**6 + self.output * rates[1] * 10**6
        return int((pico / 1000).quantize(D(1), ROUND_HALF_UP))

    @property
    def usd(self) -> float:
        """What a log would report: rounded to 10⁻⁶ USD."""
        return round((self.nano or 0) / 1e9, 6)

    @property
    def iso(self) -> str:
        """UTC with milliseconds and Z."""
        return self.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class File:
    """A sample file, and what is to come of it."""

    path: str
    lines: list[str] = field(default_factory=list)
    documents: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    cost: Counter[str] = field(default_factory=Counter)
    nano: int = 0

    def add(self, line: str, *calls: Call, also: tuple[str, ...] = ()) -> None:
        """A line with its calls; `also` names the indices of further documents."""
        self.lines.append(line)
        for call in calls:
            self.documents["api"] += 1
            if call.failure:
                self.documents["errors"] += 1
            self.count(call)
        self.documents.update(also)

    def count(self, call: Call) -> None:
        """The call's cost."""
        status = "not_billed" if call.failure else "unpriced" if call.nano is None else "priced"
        self.cost[status] += 1
        self.nano += call.nano or 0

    def reject(self, line: str, reason: str) -> None:
        """A line that can't be understood."""
        self.lines.append(line)
        self.documents["rejected"] += 1
        self.rejected[reason] += 1


class Maker:
    """Makes the files, each from a chance of its own, so that a change of one leaves the others as they are."""

    def __init__(self, name: str) -> None:
        """Start a source."""
        self.chance = random.Random(f"holysheep {name}")  # noqa: S311  # reproducible, not secret

    def time(self) -> datetime:
        """A working hour between 2025-01-15 and 2026-11-18, on few days, so that few indices are made."""
        day = self.chance.choice(("2025-01-15", "2025-05-13", "2025-05-14", "2026-03-02", "2026-11-17", "2026-11-18"))
        start = datetime.fromisoformat(f"{day}T00:00:00+00:00")
        return start + timedelta(milliseconds=self.chance.randrange(86_400_000))

    def calls(self, count: int) -> list[Call]:
        """Calls in the order of time."""
        return sorted((self.call() for _ in range(count)), key=lambda call: call.at)

    def call(self) -> Call:
        """Any call."""
        failed = self.chance.random() < 0.08  # some 8 % fail
        name = self.chance.choices(list(NAMES), WEIGHTS)[0]
        ms = round(min(60_000.0, self.chance.lognormvariate(6.8, 0.8)), 2)
        tokens = (self.chance.randint(20, 6000), self.chance.randint(5, 2000))
        if failed:
            return Call(self.time(), name, 0, 0, ms, self.chance.choice(FAILURES))
        return Call(self.time(), name, *tokens, ms, None)

    def hex(self, digits: int) -> str:
        """Random hexadecimal digits."""
        return f"{self.chance.getrandbits(4 * digits):0{digits}x}"

    def uuid(self) -> str:
        """A UUID, version 4."""
        return f"{self.hex(8)}-{self.hex(4)}-4{self.hex(3)}-a{self.hex(3)}-{self.hex(12)}"


def dump(value: object) -> str:
    """JSON as Python's clients write it."""
    return json.dumps(value, ensure_ascii=False)
