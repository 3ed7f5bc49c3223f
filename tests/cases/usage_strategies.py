"""Usage objects as the providers' APIs send them, with any counts."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

counts: Final = st.none() | st.integers(0, 200_000)
calls_of_tools: Final = st.integers(0, 20)


def some(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    """An object with any of these counts."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, counts))


def modalities() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Gemini's tokens by modality."""
    kinds = st.sampled_from(["TEXT", "AUDIO", "IMAGE", "DOCUMENT", "VIDEO"])
    return st.lists(st.fixed_dictionaries({"modality": kinds, "tokenCount": st.integers(0, 5000)}), max_size=3)


OPENAI = st.fixed_dictionaries(
    {},
    optional={
        "prompt_tokens": counts,
        "completion_tokens": counts,
        "total_tokens": counts,
        "prompt_tokens_details": some(
            "cached_tokens", "audio_tokens", "image_tokens", "cache_write_tokens", "cache_creation_tokens"
        ),
        "completion_tokens_details": some("reasoning_tokens", "audio_tokens", "image_tokens"),
    },
)
RESPONSES = st.fixed_dictionaries(
    {"input_tokens": counts, "output_tokens": counts},
    optional={
        "input_tokens_details": some("cached_tokens", "audio_tokens", "image_tokens", "cache_write_tokens"),
        "output_tokens_details": some("reasoning_tokens", "audio_tokens", "image_tokens"),
        "input_token_details": some("cached_tokens", "audio_tokens", "image_tokens"),
    },
)
ANTHROPIC = st.fixed_dictionaries(
    {"input_tokens": counts, "output_tokens": counts},
    optional={
        "cache_read_input_tokens": counts,
        "cache_creation_input_tokens": counts,
        "cache_creation": some("ephemeral_1h_input_tokens", "ephemeral_5m_input_tokens"),
        "server_tool_use": st.fixed_dictionaries(
            {}, optional={"web_search_requests": calls_of_tools, "web_fetch_requests": calls_of_tools}
        ),
        "speed": st.sampled_from(["standard", "fast"]),
        "inference_geo": st.sampled_from(["us", "global", "not_available"]),
    },
)
GEMINI = st.fixed_dictionaries(
    {"promptTokenCount": counts},
    optional={
        "candidatesTokenCount": counts,
        "thoughtsTokenCount": counts,
        "toolUsePromptTokenCount": counts,
        "cachedContentTokenCount": counts,
        "totalTokenCount": counts,
        "promptTokensDetails": modalities(),
        "cacheTokensDetails": modalities(),
        "candidatesTokensDetails": modalities(),
    },
)
GROK = st.fixed_dictionaries(
    {"prompt_tokens": st.integers(0, 9999), "completion_tokens": st.integers(0, 9999)},
    optional={
        "total_tokens": counts,
        "completion_tokens_details": some("reasoning_tokens"),
        "server_side_tool_usage_details": st.fixed_dictionaries(
            {}, optional=dict.fromkeys(["web_search_calls", "x_search_calls", "file_search_calls"], calls_of_tools)
        ),
    },
)
DEEPSEEK = some("prompt_cache_hit_tokens", "prompt_cache_miss_tokens", "prompt_tokens", "completion_tokens")
MISTRAL = some("prompt_tokens", "completion_tokens", "total_tokens", "num_cached_tokens", "prompt_audio_seconds")
PIECES = st.fixed_dictionaries(
    {}, optional={"seconds": st.floats(0, 4000), "billed_units": some("search_units", "images", "input_tokens")}
)
USAGES: Final = OPENAI | RESPONSES | ANTHROPIC | GEMINI | GROK | DEEPSEEK | MISTRAL | PIECES
