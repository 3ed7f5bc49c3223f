"""The cost of classifying: writes its calls as log lines, which the bundle prices, and adds up the cost of a day."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from holysheep.ndjson import encode
from holysheep.price import Call, Pricer, usd
from holysheep.sinks.file import FileSink
from runner.classify import kept

if TYPE_CHECKING:
    from pathlib import Path

    from holysheep.price.rules import PriceRules

#: Path below the log folder; Filebeat reads it as the source `client`.
FILE: Final = "client/classify.log"


class Spend:
    """The log file of the classifier's calls, and the prices for them."""

    def __init__(self, logs: Path, rules: PriceRules) -> None:
        """`logs` is the folder that Filebeat reads; `rules` the price part of rules.json."""
        self._file = FileSink(logs / FILE, max_bytes=0)
        self._pricer = Pricer(rules)

    def cost(self, model: str, input_tokens: int, output_tokens: int) -> float | None:
        """Cost of a call now in USD; None when the card has no price for the model."""
        now = int(datetime.now(UTC).timestamp() * 1000)
        outcome = self._pricer.price(Call(model=model, at_ms=now, input=input_tokens, output=output_tokens))
        return usd(outcome.cost.total) if outcome.cost else None

    def today(self) -> float:
        """Cost of this UTC day's calls in USD."""
        day = datetime.now(UTC).date().isoformat()
        lines = kept.values(self._file.path)
        return float(sum(line["cost_usd"] or 0.0 for line in lines if line["timestamp"].startswith(day)))

    def log(self, url: str, model: str, tokens: tuple[int, int], seconds: float, error: str | None) -> float:
        """Append a call to the log file, in the form of the Python client's lines. Returns its cost in USD."""
        spent = self.cost(model, *tokens) or 0.0
        line = {
            "log_id": f"classify-{uuid.uuid4()}",
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "model": model,
            "endpoint": f"{url.rstrip('/')}/chat/completions",
            "request_tokens": tokens[0],
            "response_tokens": tokens[1],
            "total_tokens": sum(tokens),
            "response_time_ms": round(seconds * 1000, 1),
            "status_code": None if error else 200,
            "error_message": error,
            "cost_usd": spent,
            "session_id": "classify",
            "user_id": "holysheep-elk",
            "metadata": {},
        }
        self._file.send([encode(line)])
        return spent
