"""One call as one line of NDJSON: the shape that docs/client.md documents and registry/sources/client.yaml reads."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Final

from holysheep import ids, line_costs, privacy
from holysheep.tidy import tidied

if TYPE_CHECKING:
    from collections.abc import Sequence

    from holysheep.card import Card
    from holysheep.price import Outcome
    from holysheep.settings import Settings
    from holysheep.surroundings import Context

Record = dict[str, Any]
Line = dict[str, Any]
#: What a record and its line have under the same name.
SAME: Final = frozenset(
    (  # noqa: SIM905  # thirty quotation marks less
        "record model response_model provider operation endpoint stream stream_end response_id finish_reasons "
        "service_tier region max_tokens temperature retry_attempt idempotency_key session_id team environment service "
        "trace_id span_id parent_span_id agent_id step_name client_ip"
    ).split()
)
#: What `log()` knows besides.
OTHERS: Final = frozenset(
    (  # noqa: SIM905  # thirty quotation marks less
        "log_id started_ns input_tokens output_tokens total_tokens cached_tokens cache_write_tokens "
        "cache_write_1h_tokens reasoning_tokens usage latency_ms time_to_first_token_ms status status_code error "
        "error_type failed_tries user_id metadata prompt completion context now_ns"
    ).split()
).union(line_costs.DETAILS)
#: What requests of the APIs call a prompt; `Logger.log` makes one of it, or drops it.
PROMPTS: Final = ("prompt", "messages", "input", "contents", "system", "instructions")
KNOWN: Final = SAME.union(OTHERS, PROMPTS)
MAX_ERROR: Final = 1000
#: Words that the filter takes for a failure (outcome.rb).
_FAILURE: Final = re.compile(
    r"error|fail|exception|timeout|timed|cancel|abort|reject|denied|refused|invalid", re.IGNORECASE
)
_PLAIN: Final = (str, int, float)


#: Lists of names that are remembered.
MAX_SHAPES: Final = 1000
_seconds: dict[int, str] = {}
_shapes: dict[tuple[str, ...], tuple[tuple[str, ...], tuple[str, ...]]] = {}


#: Whether a record has none of these names; most records of an application have none.
NO_PROMPT: Final = frozenset(PROMPTS).isdisjoint


def settle_prompt(record: Record, *, keep: bool) -> None:
    """Under its one name, or gone at once: it may be megabytes, which nobody writes."""
    told = [value for name in PROMPTS if (value := record.pop(name, None)) is not None]
    if keep and told:
        record["prompt"] = told[0]


def timestamp(ms: int) -> str:
    """ISO 8601 in UTC with milliseconds."""
    second, milliseconds = divmod(ms, 1000)
    text = _seconds.get(second)
    if text is None:
        if len(_seconds) > 600:  # noqa: PLR2004  # ten minutes of seconds
            _seconds.clear()
        text = _seconds[second] = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
    return f"{text}.{milliseconds:03d}Z"


class Builder:
    """Makes lines of records; used by the worker, never by the code that logs."""

    def __init__(self, settings: Settings, card: Card) -> None:
        """Raises OSError where the key for user ids can't be read."""
        self._everywhere = settings.everywhere
        self._keep_prompts, self._keep_completions = settings.keep_prompts, settings.keep_completions
        self._card = card
        self._users = privacy.Users(settings)

    def build(self, record: Record, *, parts: bool = True) -> tuple[Line, Outcome | None]:
        """The line and what the call costs; None for a step that is no call, and without `parts` for most calls."""
        try:
            return self._build(record, parts=parts)
        except (TypeError, ValueError, AttributeError):
            return self._build(tidied(record), parts=parts)

    def _build(self, record: Record, *, parts: bool) -> tuple[Line, Outcome | None]:
        _inherit(record, self._everywhere)
        tokens = line_costs.tokens_of(record)
        line_costs.take_terms(record, tokens)
        at_ms = _began(record) // 1_000_000
        line: Line = {"log_id": record["log_id"], "timestamp": timestamp(at_ms)}
        failed = _outcome(line, record)
        outcome = None
        if record.get("record") != "step":
            line_costs.write_counts(line, tokens)
            total = None if parts or failed else line_costs.total_of(self._card, record, tokens, at_ms)
            if total is None:
                outcome = self._card.price(line_costs.call_of(record, tokens, at_ms, failed=failed))
                line_costs.write_cost(line, outcome)
            else:
                line_costs.write_total(line, total)
        metadata = _take(line, record)
        if (user := record.get("user_id")) is not None:
            line["user_id"] = self._users.of(user)
        if self._keep_prompts and record.get("prompt") is not None:
            line["prompt"] = privacy.values(record["prompt"])
        if self._keep_completions and record.get("completion") is not None:
            line["completion"] = privacy.values(record["completion"])
        if metadata:
            line["metadata"] = privacy.values(metadata)
        return line, outcome


def _inherit(record: Record, everywhere: Sequence[tuple[str, str]]) -> None:
    context: Context | None = record.get("context")
    if context is not None:
        for name, value in vars(context).items():
            if value is not None and name != "metadata" and record.get(name) is None:
                record[name] = value
    if record.get("span_id") is None and record.get("trace_id") is not None:
        record["span_id"] = ids.span_id()
    for name, value in everywhere:
        if record.get(name) is None:
            record[name] = value


def _began(record: Record) -> int:
    """When the call began, ns since 1970: told, or its end less its duration."""
    started = record.get("started_ns")
    if isinstance(started, int):
        return started
    latency = record.get("latency_ms")
    now: int = record["now_ns"]
    return now - int(latency * 1_000_000) if isinstance(latency, (int, float)) and 0 <= latency < 1e10 else now  # noqa: PLR2004  # 115 days


def _take(line: Line, record: Record) -> dict[str, Any]:
    """Writes what has the same name in the line; returns the metadata: the context's, the record's own, and what
    `log()` has no name for.
    """
    context = record.get("context")
    metadata = dict(context.metadata) if context is not None and context.metadata else {}
    if told := record.get("metadata"):
        metadata.update(told)
    names = tuple(record)
    same, unknown = _shapes.get(names) or _shape(names)
    for name in same:
        if (value := record[name]) is not None:
            line[name] = value if isinstance(value, _PLAIN) else privacy.values(value)
    for name in unknown:
        if record[name] is not None:
            metadata[name] = record[name]
    if record.get("failed_tries"):
        metadata["failed_tries"] = record["failed_tries"]
    return metadata


def _shape(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(names that the line has, too, names that nobody knows); most calls of an application have the same names."""
    if len(_shapes) >= MAX_SHAPES:
        _shapes.clear()
    same = tuple(name for name in names if name in SAME)
    shape = _shapes[names] = same, tuple(name for name in names if name not in KNOWN)
    return shape


def _outcome(line: Line, record: Record) -> bool:
    """Writes latency, status and error; whether the call failed."""
    get = record.get
    if (latency := get("latency_ms")) is not None:
        line["response_time_ms"] = round(latency, 3)
    if (first := get("time_to_first_token_ms")) is not None:
        line["time_to_first_token_ms"] = round(first, 3)
    error, code, status = get("error"), get("status_code"), get("status")
    bad_code = code is not None and not 200 <= code <= 299  # noqa: PLR2004  # HTTP
    if status is None:
        status = "error" if error is not None or bad_code else "success"
    line["status"] = status
    if code is not None:
        line["status_code"] = code
    if error is not None:
        kind = get("error_type") or (type(error).__name__ if isinstance(error, BaseException) else None)
        line["error_message"] = privacy.text(privacy.said(error) or str(kind), MAX_ERROR)
        if kind:
            line["error_type"] = kind
    elif get("error_type"):
        line["error_type"] = record["error_type"]
    return error is not None or bad_code or (status != "success" and _FAILURE.search(str(status)) is not None)
