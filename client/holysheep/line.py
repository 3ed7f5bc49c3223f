"""One call as one line of NDJSON: the shape that docs/client.md documents and registry/sources/client.yaml reads."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any, Final

from holysheep import ids, privacy, usage
from holysheep.price import Call, Outcome, usd
from holysheep.usage import Tokens

if TYPE_CHECKING:
    from holysheep.card import Card
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
)
KNOWN: Final = SAME | OTHERS
MAX_ERROR: Final = 1000
#: Words that the filter takes for a failure (outcome.rb).
_FAILURE: Final = re.compile(
    r"error|fail|exception|timeout|timed|cancel|abort|reject|denied|refused|invalid", re.IGNORECASE
)
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_seconds: dict[int, str] = {}


def timestamp(ms: int) -> str:
    """ISO 8601 in UTC with milliseconds."""
    second, milliseconds = divmod(ms, 1000)
    text = _seconds.get(second)
    if text is None:
        if len(_seconds) > 600:  # noqa: PLR2004  # ten minutes of seconds
            _seconds.clear()
        text = _seconds[second] = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
    return f"{text}.{milliseconds:03d}Z"


def encode(line: Line) -> bytes:
    """The line as UTF-8 with its line feed. Lone surrogates, which UTF-8 can't hold, become `?`."""
    try:
        text = _encode(line)
    except ValueError:
        # NaN and infinity, which JSON doesn't know.
        text = _encode(_finite(line))
    return (text + "\n").encode("utf-8", "replace")


def _finite(value: object) -> Any:  # noqa: ANN401  # any JSON value
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list) else value


class Builder:
    """Makes lines of records; used by the worker, never by the code that logs."""

    def __init__(self, settings: Settings, card: Card) -> None:
        """Raises OSError where the key for user ids can't be read."""
        self._settings = settings
        self._card = card
        self._users = privacy.Users(settings)

    def build(self, record: Record) -> tuple[Line, Outcome | None]:
        """The line and what the call costs; None for a step that is no call."""
        _inherit(record, record.get("context"), self._settings)
        tokens = _tokens(record)
        at_ms = _began(record) // 1_000_000
        line: Line = {"log_id": record["log_id"], "timestamp": timestamp(at_ms)}
        failed = _outcome(line, record)
        outcome = None
        if record.get("record") != "step":
            _counts(line, tokens)
            outcome = self._card.price(_call(record, tokens, at_ms, failed=failed))
            _cost(line, outcome)
        metadata = _take(line, record)
        if (user := record.get("user_id")) is not None:
            line["user_id"] = self._users.of(user)
        self._texts(line, record)
        if metadata:
            line["metadata"] = privacy.values(metadata)
        return line, outcome

    def _texts(self, line: Line, record: Record) -> None:
        if self._settings.keep_prompts and record.get("prompt") is not None:
            line["prompt"] = privacy.values(record["prompt"])
        if self._settings.keep_completions and record.get("completion") is not None:
            line["completion"] = privacy.values(record["completion"])


def _inherit(record: Record, context: Context | None, settings: Settings) -> None:
    if context is not None:
        for name, value in vars(context).items():
            if value is not None and name != "metadata" and record.get(name) is None:
                record[name] = value
    if record.get("span_id") is None and record.get("trace_id") is not None:
        record["span_id"] = ids.span_id()
    for name, value in settings.everywhere:
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


def _tokens(record: Record) -> Tokens:
    if (told := record.get("usage")) is not None:
        return usage.read(told)
    get = record.get
    return Tokens(
        get("input_tokens"), get("output_tokens"), get("cached_tokens"), get("cache_write_tokens"),
        get("cache_write_1h_tokens"), get("reasoning_tokens"), get("total_tokens"),
    )  # fmt: skip


def _take(line: Line, record: Record) -> dict[str, Any]:
    """Writes what has the same name in the line; returns the metadata: the context's, the record's own, and what
    `log()` has no name for.
    """
    context = record.get("context")
    metadata = dict(context.metadata) if context is not None and context.metadata else {}
    if told := record.get("metadata"):
        metadata.update(told)
    for name, value in record.items():
        if value is None:
            continue
        if name in SAME:
            line[name] = value if isinstance(value, (str, int, float)) else privacy.values(value)
        elif name not in OTHERS:
            metadata[name] = value
    if record.get("failed_tries"):
        metadata["failed_tries"] = record["failed_tries"]
    return metadata


def _outcome(line: Line, record: Record) -> bool:
    """Writes latency, status and error; whether the call failed."""
    for name, key in (("latency_ms", "response_time_ms"), ("time_to_first_token_ms", "time_to_first_token_ms")):
        value = record.get(name)
        if value is not None:
            line[key] = round(value, 3)
    error, code = record.get("error"), record.get("status_code")
    status = record.get("status")
    if status is None:
        status = "error" if error is not None or (code is not None and not 200 <= code <= 299) else "success"  # noqa: PLR2004  # HTTP
    line["status"] = status
    if code is not None:
        line["status_code"] = code
    if error is not None:
        kind = record.get("error_type") or (type(error).__name__ if isinstance(error, BaseException) else None)
        line["error_message"] = privacy.text(str(error) or str(kind), MAX_ERROR)
        if kind:
            line["error_type"] = kind
    elif record.get("error_type"):
        line["error_type"] = record["error_type"]
    bad_code = code is not None and not 200 <= code <= 299  # noqa: PLR2004  # HTTP
    return error is not None or bad_code or (status != "success" and _FAILURE.search(str(status)) is not None)


def _counts(line: Line, tokens: Tokens) -> None:
    """Under the second document's names. Without usage there is no count, and the line says so."""
    if tokens.input is not None:
        line["request_tokens"] = tokens.input
    if tokens.output is not None:
        line["response_tokens"] = tokens.output
    if tokens.input is None and tokens.output is None:
        if tokens.total is not None:
            line["total_tokens"] = tokens.total
    else:
        line["total_tokens"] = (tokens.input or 0) + (tokens.output or 0)
    if tokens.cached is not None:
        line["cached_tokens"] = tokens.cached
    if tokens.cache_write is not None:
        line["cache_write_tokens"] = tokens.cache_write
    if tokens.cache_write_1h is not None:
        line["cache_write_1h_tokens"] = tokens.cache_write_1h
    if tokens.reasoning is not None:
        line["reasoning_tokens"] = tokens.reasoning
    line["usage_source"] = "api" if tokens.known else "none"


def _call(record: Record, tokens: Tokens, at_ms: int, *, failed: bool) -> Call:
    return Call(
        record.get("model"), at_ms, tokens.input, tokens.output, tokens.cached,
        tokens.cache_write, tokens.reasoning, tokens.total, record.get("service_tier"), failed, tokens.cache_write_1h,
        response_model=record.get("response_model"), region=record.get("region"),
    )  # fmt: skip


def _cost(line: Line, outcome: Outcome) -> None:
    """Nano-USD as integer, and the same as a USD double; nothing where the card can't say."""
    line["cost_status"] = outcome.status
    if outcome.cost is not None:
        line["cost_usd"] = usd(outcome.cost.total)
        line["cost_nano"] = outcome.cost.total
    elif outcome.reason:
        line["unpriced_reason"] = outcome.reason
