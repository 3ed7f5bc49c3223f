"""Who makes models and who sells those of others: names, order and families, as genai-prices' ids have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Providers that sell what they make. A model's plain name means the maker's price; where two of them list one name
#: (Google sells Claude), the first one here is its maker.
MAKERS: Final = (
    "openai", "anthropic", "google", "mistral", "deepseek", "x-ai", "cohere", "perplexity", "meta", "moonshotai",
    "minimax", "zai", "zhipuai", "voyageai", "arcee", "typesafe", "elevenlabs",
)  # fmt: skip
#: gen_ai.provider.name by OpenTelemetry's list; a provider that the list does not have keeps its own name.
PROVIDER_NAMES: Final[Mapping[str, str]] = {
    "google": "gcp.gemini",
    "mistral": "mistral_ai",
    "x-ai": "x_ai",
    "moonshotai": "moonshot_ai",
    "aws": "aws.bedrock",
    "azure": "azure.ai.openai",
}
#: What LiteLLM and the gateways write before a model's name (`groq/llama-…`); left out: the provider's own name.
PREFIXES: Final[Mapping[str, str]] = {
    "aws": "bedrock",
    "together": "together_ai",
    "fireworks": "fireworks_ai",
    "google": "vertex_ai",
    "github-copilot": "github_copilot",
    "x-ai": "xai",
}
#: What Bedrock writes before a model's name for its regions.
REGIONS: Final = ("", "us.", "eu.", "apac.", "us-gov.", "jp.", "au.", "in.")
#: Family by how a model's name starts, after the vendor and the provider; the longest start wins.
FAMILIES: Final[Mapping[str, str]] = {
    "gpt": "OpenAI", "o1": "OpenAI", "o3": "OpenAI", "o4": "OpenAI", "chatgpt": "OpenAI", "text-": "OpenAI",
    "codex": "OpenAI", "dall-e": "OpenAI", "whisper": "OpenAI", "openai": "OpenAI", "ada": "OpenAI",
    "babbage": "OpenAI", "curie": "OpenAI", "davinci": "OpenAI", "claude": "Anthropic", "anthropic": "Anthropic",
    "gemini": "Google", "gemma": "Google", "google": "Google", "deepseek": "DeepSeek", "mistral": "Mistral",
    "mixtral": "Mistral", "ministral": "Mistral", "codestral": "Mistral", "devstral": "Mistral",
    "magistral": "Mistral", "pixtral": "Mistral", "voxtral": "Mistral", "grok": "xAI", "command": "Cohere",
    "c4ai": "Cohere", "embed-": "Cohere", "cohere": "Cohere", "llama": "Meta", "meta": "Meta", "qwen": "Qwen",
    "qwq": "Qwen", "nova": "Amazon", "amazon": "Amazon", "titan": "Amazon", "phi": "Microsoft", "kimi": "Moonshot AI",
    "moonshot": "Moonshot AI", "glm": "Z.AI", "zai": "Z.AI", "minimax": "MiniMax", "sonar": "Perplexity",
    "voyage": "Voyage AI", "jamba": "AI21", "nemotron": "NVIDIA", "nvidia": "NVIDIA", "palmyra": "Writer",
}  # fmt: skip
#: Family of a maker's models whose names start otherwise.
MAKER_FAMILIES: Final[Mapping[str, str]] = {
    "openai": "OpenAI", "anthropic": "Anthropic", "google": "Google", "mistral": "Mistral", "deepseek": "DeepSeek",
    "x-ai": "xAI", "cohere": "Cohere", "perplexity": "Perplexity", "meta": "Meta", "moonshotai": "Moonshot AI",
    "minimax": "MiniMax", "zai": "Z.AI", "zhipuai": "Z.AI", "voyageai": "Voyage AI", "arcee": "Arcee AI",
    "typesafe": "Typesafe", "elevenlabs": "ElevenLabs",
}  # fmt: skip


def provider_name(seller: str) -> str:
    """The provider's name as the documents have it."""
    return PROVIDER_NAMES.get(seller, seller)


def prefix(seller: str) -> str:
    """What stands before a model's name where a log says who sold it."""
    return PREFIXES.get(seller, seller)


def family(seller: str, name: str) -> str:
    """The family of a model; Other when nothing is known of it."""
    bare = name.rpartition("/")[2]
    starts = sorted((start for start in FAMILIES if bare.startswith(start)), key=len)
    return FAMILIES[starts[-1]] if starts else MAKER_FAMILIES.get(seller, "Other")


def order(sellers: list[str], chosen: list[str]) -> list[str]:
    """Whose price a plain name means, the first first: the chosen providers as given, else makers, then all others."""
    if chosen:
        return chosen
    makers = [seller for seller in MAKERS if seller in sellers]
    return makers + sorted(set(sellers) - set(makers))
