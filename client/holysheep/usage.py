"""Token counts, tool calls and units of one call, out of the `usage` object that an API sent; never a guess.

The twin of logstash/ruby/holysheep/usage.rb and usage_details.rb, with the same table of names (usage.json, rendered
from the bundle's registry). `input` includes cached tokens and `output` includes reasoning, whoever counted them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from holysheep import usage_names
from holysheep.price import MAX_TOKENS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Slots = dict[str, Any]

_MODALITIES: Final = {"AUDIO": "audio", "IMAGE": "image", "DOCUMENT": "image"}
_MODALITY_LISTS: Final = {
    "input_by_modality": "input",
    "input_beside_by_modality": "input",
    "cached_by_modality": "cached",
    "output_by_modality": "output",
}
#: Slot → tool of the price card.
_TOOLS: Final = {
    f"{name}_calls": name
    for name in ("web_search", "web_fetch", "file_search", "code_execution", "x_search", "document_search")
}


class Details(NamedTuple):
    """What few calls have: audio and image tokens, calls of the provider's tools, what is billed by the piece."""

    input_audio: int = 0
    input_image: int = 0
    cached_audio: int = 0
    cached_image: int = 0
    output_audio: int = 0
    output_image: int = 0
    tools: Mapping[str, int] | None = None
    units: Mapping[str, int | float] | None = None


class Tokens(NamedTuple):
    """None: the API does not say."""

    input: int | None = None
    output: int | None = None
    cached: int | None = None
    cache_write: int | None = None
    cache_write_1h: int | None = None
    reasoning: int | None = None
    total: int | None = None
    details: Details | None = None
    service_tier: str | None = None
    region: str | None = None


NOTHING: Final = Tokens()


def read(usage: object, models: Iterable[object] = ()) -> Tokens:
    """What a usage object says; `NOTHING` where there is none. `models`: the names of the call's model."""
    slots = usage_names.slots_of(usage)
    if not slots:
        return NOTHING
    counts = {name: count for name, value in slots.items() if (count := whole(value)) is not None}
    details = details_of(slots, counts)
    if wrong := [count for count in counts.values() if not 0 <= count <= MAX_TOKENS]:
        # Written as it is: pipeline and price card then both say that it can't be meant.
        return Tokens(wrong[0], counts.get("output"), details=details)
    tokens = _beside(counts, _with_prompt(counts, _written(slots, counts)))
    speed = slots.get("speed")
    return with_thoughts(_completed(tokens, models))._replace(
        details=details,
        service_tier=speed if speed and speed != "standard" else None,
        # Of models that can't be kept in a region Anthropic says so.
        region=None if slots.get("region") == "not_available" else slots.get("region"),
    )


def whole(value: object) -> int | None:
    """A count that is a number or digits; None for anything else."""
    if type(value) is int:
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18 else None  # noqa: PLR2004  # as numbers.rb


def details_of(slots: Mapping[str, Any], counts: Mapping[str, int]) -> Details | None:
    """The rare parts; None for a call without any."""
    tokens = {name: counts.get(name, 0) for name in Details._fields[:6]}
    for slot, side in _MODALITY_LISTS.items():
        items = slots.get(slot)
        for item in items if isinstance(items, list) else ():
            _add_modality(tokens, side, usage_names.as_dict(item))
    tools = {tool: counts[slot] for slot, tool in _TOOLS.items() if counts.get(slot)}
    named = usage_names.tools(slots.get("tool_counts"))
    units = {name: amount for name in usage_names.UNITS if (amount := usage_names.amount(slots.get(name)))}
    details = Details(**tokens, tools={**named, **tools} or None, units=units or None)
    return details if any(details) else None


def _add_modality(tokens: dict[str, int], side: str, item: Mapping[str, Any]) -> None:
    """One of Gemini's `{"modality": "AUDIO", "tokenCount": 5}`; in Python the modality is an enum."""
    modality = item.get("modality")
    kind = _MODALITIES.get(str(getattr(modality, "value", modality)).upper())
    count = whole(item.get("tokenCount") or item.get("token_count"))
    if kind is not None and count is not None:
        tokens[f"{side}_{kind}"] += count


def _written(slots: Slots, counts: Mapping[str, int]) -> tuple[int | None, int | None]:
    """(written to a cache, of these for one hour)."""
    write, hour = counts.get("cache_write", counts.get("cache_write_within")), counts.get("cache_write_1h")
    by_age = slots.get("cache_write_by_ttl")
    if hour is None and isinstance(by_age, list):
        # Bedrock's [{"ttl": "1h", "inputTokens": 5}]
        hours = [
            whole(item.get("inputTokens")) for item in by_age if isinstance(item, dict) and item.get("ttl") == "1h"
        ]
        hour = sum(count or 0 for count in hours) if hours else None
    minutes = counts.get("cache_write_5m")
    if write is None and (minutes is not None or hour is not None):
        write = (minutes or 0) + (hour or 0)
    return write, hour if hour is None or write is None else min(hour, write)


def _with_prompt(counts: Mapping[str, int], written: tuple[int | None, int | None]) -> Tokens:
    """Anthropic's own API counts cached tokens beside `input_tokens`; everyone else counts them within the prompt.
    OpenAI's responses, which say `input_tokens` too, have other names for cached tokens.
    """
    write, hour = written
    prompt, cached, native = counts.get("input"), counts.get("cached"), counts.get("cache_read_native")
    if prompt is None:
        prompt = counts.get("input_native")
        beside = cached is None and "cache_write_within" not in counts and not (native is None and write is None)
        if prompt is not None and beside:
            prompt += (native or 0) + (write or 0)
    return Tokens(
        prompt, counts.get("output"), native if cached is None else cached, write, hour,
        counts.get("reasoning"), counts.get("total"),
    )  # fmt: skip


def _beside(counts: Mapping[str, int], tokens: Tokens) -> Tokens:
    """Gemini counts thoughts beside the output and results of tools beside the prompt; DeepSeek may write the two
    halves of the prompt alone.
    """
    prompt, output, reasoning = tokens.input, tokens.output, tokens.reasoning
    if prompt is None and (miss := counts.get("cache_miss")) is not None:
        prompt = miss + (tokens.cached or 0)
    if (more := counts.get("input_beside")) is not None:
        prompt = (prompt or 0) + more
    if (thoughts := counts.get("output_beside")) is not None:
        output = (output or 0) + thoughts
        reasoning = thoughts if reasoning is None else reasoning
    return tokens._replace(input=prompt, output=output, reasoning=reasoning)


def with_thoughts(tokens: Tokens) -> Tokens:
    """More reasoning than output can't be a part of the output, as with Perplexity's research models."""
    if tokens.input is None and tokens.output is None:
        return tokens
    output = tokens.output or 0
    # An application may log anything.
    if not isinstance(tokens.reasoning, int) or not isinstance(output, int):
        return tokens
    if tokens.reasoning <= output or output + tokens.reasoning > MAX_TOKENS:
        return tokens
    return tokens._replace(output=output + tokens.reasoning)


def _completed(tokens: Tokens, models: Iterable[object]) -> Tokens:
    """A missing side follows from the total."""
    prompt, output, total = tokens.input, tokens.output, tokens.total
    if total is None:
        return tokens
    if prompt is not None and output is not None and (found := _beyond(tokens, total - prompt - output, models)):
        return found
    if prompt == output == 0:
        # Noughts beside a total: the parts are not known.
        prompt, output = (None, None) if total else (prompt, output)
    elif output is not None and not prompt and total > output:
        prompt = total - output
    elif prompt is not None and output is None and total >= prompt:
        output = total - prompt
    return tokens._replace(input=prompt, output=output)


def _beyond(tokens: Tokens, more: int, models: Iterable[object]) -> Tokens | None:
    """The tokens with what their total has beyond input and output; None when it can't be told."""
    if more <= 0:
        return None
    if more == tokens.reasoning:
        # xAI's chat counts reasoning beside the completion; only the total tells.
        return tokens._replace(output=(tokens.output or 0) + more)
    if more == (tokens.cached or 0) + (tokens.cache_write or 0):
        return tokens._replace(input=(tokens.input or 0) + more)
    gemini = any(isinstance(name, str) and "gemini" in name.lower() for name in models)
    if gemini and tokens.input and not tokens.reasoning:
        # What speaks OpenAI's API for Gemini leaves the thoughts out of the completion, and has no other count of them.
        return tokens._replace(output=(tokens.output or 0) + more, reasoning=more)
    return None
