"""Tokens of sound and pictures, which may have rates of their own; in all other calls every token is text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holysheep.price.cost import Usage
    from holysheep.price.rules import Rates


def text_only(usage: Usage) -> bool:
    """Whether no token is audio or of an image, as in nearly all calls."""
    return not (
        usage.input_audio
        or usage.input_image
        or usage.cached_audio
        or usage.cached_image
        or usage.output_audio
        or usage.output_image
    )


def parts(rate: Rates, usage: Usage, fresh: int, reasoning: int) -> tuple[int, int, int]:
    """Pico-USD of fresh input, output and cached input, with audio and images at rates of their own."""
    return (
        _split(
            fresh,
            (max(usage.input_audio - usage.cached_audio, 0), rate.get("input_audio", rate["input"])),
            (max(usage.input_image - usage.cached_image, 0), rate.get("input_image", rate["input"])),
            rate["input"],
        ),
        _split(
            usage.output - reasoning,
            (usage.output_audio, rate.get("output_audio", rate["output"])),
            (usage.output_image, rate.get("output_image", rate["output"])),
            rate["output"],
        ),
        _split(
            usage.cache_read,
            (usage.cached_audio, rate.get("cached_audio", rate["cached_input"])),
            (usage.cached_image, rate.get("cached_image", rate["cached_input"])),
            rate["cached_input"],
        ),
    )


def _split(tokens: int, audio: tuple[int, int], image: tuple[int, int], rate: int) -> int:
    """Pico-USD of tokens of which some are audio and some are images, each (count, rate)."""
    if not audio[0] and not image[0]:
        return tokens * rate
    audio_tokens = min(audio[0], tokens)
    image_tokens = min(image[0], tokens - audio_tokens)
    text_tokens = tokens - audio_tokens - image_tokens
    return audio_tokens * audio[1] + image_tokens * image[1] + text_tokens * rate
