"""The calls behind the bench's log lines: a made-up but plausible gateway, the same for the same seed."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

#: The gateway's first rates, USD per MTok; what the logs report as their own cost.
RATES: Final = {"gpt-4.1": 8.0, "claude-sonnet-4-5": 15.0, "gemini-2.5-flash": 2.5, "deepseek-v3.2": 0.42}
OTHER_RATE: Final = 3.0
#: Calls begin here and last one UTC day, so that all of them belong to one index.
START: Final = datetime(2025, 3, 1, tzinfo=UTC).timestamp()
DAY_S: Final = 86_000.0
FAILURES: Final = 0.02
#: Client processes, each with the one session that the document's client makes at its start, and users; both draw on
#: every call.
SESSIONS: Final = 20
USERS: Final = 3000
ERRORS: Final = (
    (429, "Rate limit exceeded: 60 requests per minute, retry after 12 s"),
    (500, "Internal server error"),
    (503, "The upstream provider is overloaded"),
    (401, "Incorrect API key provided"),
)
TEXT: Final = (
    "please summarise the quarterly report for our customer and list open orders invoices delivery dates refund "
    "policy changes in short sentences with figures tables where they help then translate it into German Korean "
    "because support needs an answer today about account plan upgrade error code payment shipping address"
)
WORDS: Final = TEXT.split()


@dataclass(frozen=True)
class Call:
    """One model call, as every source would tell of it in its own words. Times in s since 1970 and ms, cost in USD."""

    id: str
    at: float
    model: str
    provider: str
    input: int
    output: int
    ms: float
    cost: float
    status: int
    error: str | None
    session: str
    user: str
    number: int

    @property
    def moment(self) -> datetime:
        """`at` as a UTC time."""
        return datetime.fromtimestamp(self.at, UTC)


class Traffic:
    """An endless row of calls; `models` are the names that the logs use, `per_day` how close together they are."""

    def __init__(self, seed: int, models: tuple[str, ...] = tuple(RATES), per_day: int = 200_000) -> None:
        """The same arguments give the same calls."""
        self.random = random.Random(seed)  # noqa: S311  # test data, no secret
        self._models = models
        self._step = DAY_S / per_day
        self._at = START
        self._sessions = [self.uuid() for _ in range(SESSIONS)]
        self._made = 0

    def uuid(self) -> str:
        """A random UUID of version 4."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def hex(self, digits: int) -> str:
        """So many random hex digits."""
        return f"{self.random.getrandbits(digits * 4):0{digits}x}"

    def text(self, words: int) -> str:
        """Prose of so many words, now and then with an e-mail address that must be masked."""
        chosen = self.random.choices(WORDS, k=words)
        if self.random.random() < 0.03:
            chosen[words // 2] = f"user{self.random.randrange(10**6)}@mail.example"
        return " ".join(chosen)

    def call(self) -> Call:
        """The next one."""
        draw = self.random
        self._made += 1
        # Back to the day's start when it is over: the index stays the same one, ids and figures are new.
        self._at = START + (self._at - START + draw.expovariate(1 / self._step)) % DAY_S
        model = draw.choice(self._models)
        failed = draw.random() < FAILURES
        prompt_tokens, answered = (0, 0) if failed else (draw.randint(50, 4000), draw.randint(10, 1500))
        status, error = draw.choice(ERRORS) if failed else (200, None)
        return Call(
            id=self.uuid(),
            at=self._at,
            model=model,
            provider="anthropic" if model.startswith("claude") else "openai",
            input=prompt_tokens,
            output=answered,
            ms=round(draw.lognormvariate(6.8, 0.6), 2),
            cost=round((prompt_tokens + answered) * RATES.get(model, OTHER_RATE) / 1e6, 6),
            status=status,
            error=error,
            session=draw.choice(self._sessions),
            user=f"user-{draw.randrange(USERS):04d}",
            number=self._made,
        )
