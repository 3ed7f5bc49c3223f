"""Token counts of one call, out of the `usage` object that an API sent; never a guess.

OpenAI (chat, responses, embeddings) and its kind count cached tokens within the prompt, Anthropic's own API beside it.
`Tokens` has one meaning for all: `input` includes cached tokens, `output` includes reasoning, as in the filter
(logstash/ruby/holysheep/usage.rb).
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from holysheep.price import MAX_TOKENS

_DETAILS: Final = ("prompt_tokens_details", "input_tokens_details")
_OUTPUT_DETAILS: Final = ("completion_tokens_details", "output_tokens_details")


class Tokens(NamedTuple):
    """None: the API does not say."""

    input: int | None = None
    output: int | None = None
    cached: int | None = None
    cache_write: int | None = None
    cache_write_1h: int | None = None
    reasoning: int | None = None
    total: int | None = None

    @property
    def known(self) -> bool:
        """Whether the API said anything that can be priced."""
        return self.input is not None or self.output is not None or self.total is not None


NOTHING: Final = Tokens()


def as_dict(value: object) -> dict[str, Any]:
    """A dict, a pydantic object or any object with attributes, as a dict; empty for anything else."""
    if isinstance(value, dict):
        return value
    dump = getattr(value, "model_dump", None)
    if callable(dump):
        dumped = dump()
        return dumped if isinstance(dumped, dict) else {}
    return dict(vars(value)) if hasattr(value, "__dict__") else {}


def read(usage: object) -> Tokens:
    """The counts of a usage object; `NOTHING` where there is none."""
    data = as_dict(usage)
    if not data:
        return NOTHING
    inner, outer = _first(data, _DETAILS), _first(data, _OUTPUT_DETAILS)
    total = _count(data, "total_tokens")
    output = _count(data, "completion_tokens", "output_tokens")
    reasoning = _count(outer, "reasoning_tokens", "thinking_tokens")
    cached = _count(inner, "cached_tokens")
    if cached is None:
        cached = _count(data, "prompt_cache_hit_tokens", "cached_tokens")
    prompt, cached, write, hour = _prompt(data, inner, cached)
    if total is not None and prompt is not None and output is not None and reasoning:
        # xAI's chat counts reasoning beside the completion; only the total tells.
        output += reasoning if total == prompt + output + reasoning else 0
    if prompt is not None and output is None and total is not None:
        # Embeddings have no output.
        output = max(total - prompt, 0)
    if prompt is None and output is not None and total is not None:
        prompt = max(total - output, 0)
    return Tokens(prompt, output, cached, write, hour, reasoning, total)


def _prompt(data: dict[str, Any], inner: dict[str, Any], cached: int | None) -> tuple[int | None, ...]:
    """(input with cached ones, cached, written to the cache, of these for one hour)."""
    write = _count(data, "cache_creation_input_tokens")
    if write is None:
        write = _count(inner, "cache_write_tokens")
    by_age = as_dict(data.get("cache_creation"))
    hour = _count(by_age, "ephemeral_1h_input_tokens")
    if write is None and by_age:
        parts = [count for count in (hour, _count(by_age, "ephemeral_5m_input_tokens")) if count is not None]
        write = sum(parts) if parts else None
    if hour is not None and write is not None:
        # The pipeline does the same with a part that is more than the whole.
        hour = min(hour, write)
    prompt = _count(data, "prompt_tokens")
    if prompt is not None:
        return prompt, cached if cached is not None else _count(data, "cache_read_input_tokens"), write, hour
    prompt = _count(data, "input_tokens")
    native = _count(data, "cache_read_input_tokens")
    if cached is None and (native is not None or write is not None):
        # Anthropic: both stand beside `input_tokens`.
        return None if prompt is None else prompt + (native or 0) + (write or 0), native, write, hour
    return prompt, cached, write, hour


def _first(data: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return next((as_dict(data[name]) for name in names if data.get(name)), {})


def _count(data: dict[str, Any], *names: str) -> int | None:
    for name in names:
        value = data.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_TOKENS:
            return value
    return None
