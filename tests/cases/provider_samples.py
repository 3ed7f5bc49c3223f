"""The usage object of each provider's API, as its reference shows it: the tokens that it means, and a cost by hand.

Rates of tests/cases/pricing.yaml, USD per million tokens: o4-mini 1.10 in, 4.40 out, 0.275 cached, 8.80 reasoning;
claude-opus-4.1 3 in, 15 out, 0.30 cached, 3.75 cache write, 6 cache write for an hour, and 0.001 USD a request.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple


class Sample(NamedTuple):
    """One provider's object; `where` is the key that a log keeps it under."""

    api: str
    usage: dict[str, Any]
    tokens: tuple[int, int, int, int, int]  #: input, output, cache read, cache write, reasoning
    nano: int
    model: str = "o4-mini"
    where: str = "usage"


SAMPLES: Final = (
    # 600 x 1.10 + 400 x 0.275 + 150 x 4.40 + 50 x 8.80 = 660 + 110 + 660 + 440
    Sample(
        "OpenAI chat",
        {
            "prompt_tokens": 1000,
            "completion_tokens": 200,
            "total_tokens": 1200,
            "prompt_tokens_details": {"cached_tokens": 400, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": 50,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 10,
                "rejected_prediction_tokens": 5,
            },
        },
        (1000, 200, 400, 0, 50),
        1_870_000,
    ),
    Sample(
        "OpenAI responses",
        {
            "input_tokens": 1000,
            "input_tokens_details": {"cached_tokens": 400},
            "output_tokens": 200,
            "output_tokens_details": {"reasoning_tokens": 50},
            "total_tokens": 1200,
        },
        (1000, 200, 400, 0, 50),
        1_870_000,
    ),
    # What was written to a cache is within the prompt too, also where the nought of `cached_tokens` is left out:
    # 1000 x 1.10 + 200 x 4.40 = 1100 + 880
    Sample(
        "OpenAI responses, written to a cache",
        {
            "input_tokens": 1000,
            "input_tokens_details": {"cache_write_tokens": 300},
            "output_tokens": 200,
            "total_tokens": 1200,
        },
        (1000, 200, 0, 300, 0),
        1_980_000,
    ),
    # Beside each other: 100 x 3 + 1000 x 0.30 + 200 x 3.75 + 300 x 6 + 50 x 15 = 300 + 300 + 750 + 1800 + 750, + fee
    Sample(
        "Anthropic messages",
        {
            "input_tokens": 100,
            "cache_creation_input_tokens": 500,
            "cache_read_input_tokens": 1000,
            "cache_creation": {"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 300},
            "output_tokens": 50,
            "service_tier": "standard",
        },
        (1600, 50, 1000, 500, 0),
        4_900_000,
        "claude-opus-4.1",
    ),
    # 100 x 3 + 1000 x 0.30 + 500 x 3.75 + 50 x 15 = 300 + 300 + 1875 + 750, + fee
    Sample(
        "Bedrock Converse",
        {
            "inputTokens": 100,
            "outputTokens": 50,
            "totalTokens": 1650,
            "cacheReadInputTokens": 1000,
            "cacheWriteInputTokens": 500,
        },
        (1600, 50, 1000, 500, 0),
        4_225_000,
        "claude-opus-4.1",
    ),
    # 600 x 1.10 + 400 x 0.275 + 200 x 4.40 = 660 + 110 + 880
    Sample(
        "DeepSeek",
        {
            "prompt_tokens": 1000,
            "prompt_cache_hit_tokens": 400,
            "prompt_cache_miss_tokens": 600,
            "completion_tokens": 200,
            "total_tokens": 1200,
        },
        (1000, 200, 400, 0, 0),
        1_650_000,
    ),
    Sample(
        "DeepSeek, the halves alone",
        {"prompt_cache_hit_tokens": 400, "prompt_cache_miss_tokens": 600, "completion_tokens": 200},
        (1000, 200, 400, 0, 0),
        1_650_000,
    ),
    # Thoughts beside the candidates, results of tools beside the prompt:
    # 700 x 1.10 + 400 x 0.275 + 150 x 4.40 + 50 x 8.80
    Sample(
        "Gemini",
        {
            "promptTokenCount": 1000,
            "toolUsePromptTokenCount": 100,
            "cachedContentTokenCount": 400,
            "candidatesTokenCount": 150,
            "thoughtsTokenCount": 50,
            "totalTokenCount": 1300,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 1000}],
        },
        (1100, 200, 400, 0, 50),
        1_980_000,
        where="usageMetadata",
    ),
    Sample(
        "Gemini in Python",
        {
            "prompt_token_count": 1000,
            "cached_content_token_count": 400,
            "candidates_token_count": 150,
            "thoughts_token_count": 50,
            "total_token_count": 1200,
        },
        (1000, 200, 400, 0, 50),
        1_870_000,
        where="usage_metadata",
    ),
    # Reasoning beside the completion, as only the total tells: 32 x 1.10 + 9 x 4.40 + 94 x 8.80 = 35.2 + 39.6 + 827.2
    Sample(
        "xAI chat",
        {
            "prompt_tokens": 32,
            "completion_tokens": 9,
            "total_tokens": 135,
            "prompt_tokens_details": {"text_tokens": 32, "audio_tokens": 0, "image_tokens": 0, "cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 94, "audio_tokens": 0},
            "num_sources_used": 0,
        },
        (32, 103, 0, 0, 94),
        902_000,
    ),
    # 1000 x 1.10 + 200 x 4.40
    Sample(
        "Mistral",
        {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200},
        (1000, 200, 0, 0, 0),
        1_980_000,
    ),
    Sample(
        "Groq",
        {
            "queue_time": 0.05,
            "prompt_tokens": 1000,
            "prompt_time": 0.01,
            "completion_tokens": 200,
            "completion_time": 0.4,
            "total_tokens": 1200,
            "prompt_tokens_details": {"cached_tokens": 400},
        },
        (1000, 200, 400, 0, 0),
        1_650_000,
    ),
    Sample(
        "Together",
        {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200, "cached_tokens": 400},
        (1000, 200, 400, 0, 0),
        1_650_000,
    ),
    Sample(
        "OpenRouter",
        {
            "prompt_tokens": 1000,
            "completion_tokens": 200,
            "total_tokens": 1200,
            "cost": 0.00187,
            "cost_details": {"upstream_inference_cost": 0},
            "prompt_tokens_details": {"cached_tokens": 400, "cache_write_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 50},
        },
        (1000, 200, 400, 0, 50),
        1_870_000,
    ),
    # What is billed, not what was counted: 900 x 1.10 + 180 x 4.40 = 990 + 792
    Sample(
        "Cohere",
        {
            "billed_units": {"input_tokens": 900, "output_tokens": 180},
            "tokens": {"input_tokens": 1000, "output_tokens": 200},
        },
        (900, 180, 0, 0, 0),
        1_782_000,
    ),
    Sample(
        "vLLM",
        {"prompt_tokens": 1000, "total_tokens": 1200, "completion_tokens": 200, "prompt_tokens_details": None},
        (1000, 200, 0, 0, 0),
        1_980_000,
    ),
    # 100 x 3 + 1000 x 0.30 + 500 x 3.75 + 50 x 15, + fee
    Sample(
        "our own `tokens` with Anthropic's names",
        {
            "input_tokens": 100,
            "cache_creation_input_tokens": 500,
            "cache_read_input_tokens": 1000,
            "output_tokens": 50,
        },
        (1600, 50, 1000, 500, 0),
        4_225_000,
        "claude-opus-4.1",
        "tokens",
    ),
)
