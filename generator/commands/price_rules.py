"""The price rules of the checkout's card for `price`, which validates the card only after a change.

Validating takes most of the time of `price`, since it loads pydantic and YAML. So the rules are kept in
`.state/price-rules.json`, with a digest of all that they follow from: pricing.yaml, pricing.imported.yaml, and the code
that reads them. When one of these changes, the card is validated again.
"""

from __future__ import annotations

import hashlib
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import holysheep.price
from generator import paths
from generator.files import write_whole

if TYPE_CHECKING:
    from holysheep.price import PriceRules

FILE: Final = "price-rules.json"
#: Folders of the code that makes rules of a card, and of this module, which says what is kept.
CODE: Final = (
    Path(__file__).parent,
    Path(__file__).parents[1],
    Path(__file__).parents[1] / "card",
    Path(holysheep.price.__file__).parent,
)


class Loaded(NamedTuple):
    """The rules, and what the card says of models beside their prices: context_window and rate_limits by id."""

    rules: PriceRules
    limits: dict[str, dict[str, Any]]


def load() -> Loaded:
    """The rules and limits. Warnings about the card go to stderr. UserError for a mistake in the card."""
    digest = _digest()
    stored = _stored()
    if stored.get("digest") != digest:
        stored = {"digest": digest, **_validated()}
        # A read-only checkout only takes longer.
        with suppress(OSError):
            write_whole(paths.STATE / FILE, json.dumps(stored))
    for warning in stored["warnings"]:
        print(f"warning: {warning}", file=sys.stderr)
    return Loaded(cast("PriceRules", stored["rules"]), stored["limits"])


def _digest() -> str:
    """SHA-256 of the card's files, and of name, size and time of each module that reads them."""
    cards = (paths.PRICING, paths.PRICING.with_name(f"{paths.PRICING.stem}.imported.yaml"))
    parts: list[object] = [(str(path), path.read_bytes().hex() if path.is_file() else "") for path in cards]
    for module in sorted(path for folder in CODE for path in folder.glob("*.py")):
        status = module.stat()
        parts.append((str(module), status.st_size, status.st_mtime_ns))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _stored() -> dict[str, Any]:
    try:
        stored = json.loads((paths.STATE / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}


def _validated() -> dict[str, Any]:
    from generator.card.doubtful import doubtful  # noqa: PLC0415  # only after a change of the card
    from generator.card.loader import load_with_places  # noqa: PLC0415  # as above
    from generator.card.rules import price_part  # noqa: PLC0415  # as above

    loaded = load_with_places(paths.PRICING)
    limits = {
        model.id: model.model_dump(include={"context_window", "rate_limits"}, exclude_none=True)
        for model in loaded.card.models
    }
    warnings = [str(warning) for warning in doubtful(loaded)]
    return {"rules": price_part(loaded.card), "limits": limits, "warnings": warnings}
