"""The client side of the bundle: what a call costs, and every call as a line that the bundle reads.

    import holysheep
    client = holysheep.wrap(OpenAI())
    holysheep.log(model="gpt-4.1", input_tokens=150, output_tokens=320, latency_ms=812)

Standard library only; each extra (`openai`, `httpx`, `otel`, `prometheus`) is imported when it is asked for.
docs/client.md has the rest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from holysheep.default import configure, flush, get_logger, log, stats
    from holysheep.handler import LogHandler
    from holysheep.http_transport import async_transport, transport
    from holysheep.logger import Logger
    from holysheep.settings import Settings
    from holysheep.steps import call, step
    from holysheep.surroundings import context
    from holysheep.wrapping import wrap

__version__: Final = "0.1.0"
#: Name → module. Imported at the first use, so that `import holysheep.price` costs nothing more.
_PLACES: Final = {
    "LogHandler": "holysheep.handler",
    "Logger": "holysheep.logger",
    "Settings": "holysheep.settings",
    "async_transport": "holysheep.http_transport",
    "call": "holysheep.steps",
    "configure": "holysheep.default",
    "context": "holysheep.surroundings",
    "flush": "holysheep.default",
    "get_logger": "holysheep.default",
    "log": "holysheep.default",
    "stats": "holysheep.default",
    "step": "holysheep.steps",
    "transport": "holysheep.http_transport",
    "wrap": "holysheep.wrapping",
}

__all__ = [
    "LogHandler",
    "Logger",
    "Settings",
    "async_transport",
    "call",
    "configure",
    "context",
    "flush",
    "get_logger",
    "log",
    "stats",
    "step",
    "transport",
    "wrap",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  # whatever the name stands for
    if name not in _PLACES:
        raise AttributeError(f"module 'holysheep' has no attribute {name!r}")
    value = getattr(import_module(_PLACES[name]), name)
    globals()[name] = value
    return value
