"""errors.learned.yaml: categories that a model proposed for error messages without a rule. A person reviews them.

`holysheep-elk classify` writes the file. Accepted proposals become rules of the filter. They come before the rules of
errors.yaml, because their phrases are whole messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from generator import yamltext
from generator.errors import UserError
from generator.registry.phrases import compile_phrase, is_ascii
from holysheep.errors.message import GAP
from holysheep.errors.phrases import WORD

if TYPE_CHECKING:
    from collections.abc import Collection

PATH: Final = Path(__file__).parent / "errors.learned.yaml"
STATES: Final = ("open", "accepted", "refused")
#: A template with fewer words would fit too much.
MIN_WORDS: Final = 3
State = Literal["open", "accepted", "refused"]


@dataclass(frozen=True)
class Learned:
    """The category of one message template, the model and the day that it comes from, and the state of its review."""

    template: str
    category: str
    confidence: float  #: between 0 and 1
    suggestion: str
    model: str
    day: str
    state: State = "open"


def load(path: Path, categories: Collection[str]) -> dict[str, Learned]:
    """All proposals by template; an empty dict when the file is missing. UserError names the wrong line."""
    if not path.exists():
        return {}
    document = yamltext.read(path)
    data: Any = document.data or {}
    rules = {}
    for number, part in enumerate(data.get("rules") or []):
        where = document.where(("rules", number))
        try:
            learned = Learned(**{**part, "confidence": float(part["confidence"])})
        except (TypeError, KeyError, ValueError) as error:
            hint = "delete it, its template will be asked anew"
            raise UserError(f"not a learned rule: {error}", where=where, hint=hint) from None
        if learned.category not in categories or learned.state not in STATES:
            raise UserError("unknown category or state", where=where, hint=f"state is one of {', '.join(STATES)}")
        rules[learned.template] = learned
    return rules


def compiled(learned: Learned) -> dict[str, Any] | None:
    """The proposal as a rule of rules.json; None when the template has too few words for a rule."""
    parts = [part.strip() for part in learned.template.split(GAP)]
    parts = [part for part in parts if WORD.search(part) or not part.isascii()]
    phrase = " … ".join(parts)
    wide = not is_ascii(phrase)
    if not wide and len(WORD.findall(phrase)) < MIN_WORDS:
        return None
    rule = {"category": learned.category, "suggestion": learned.suggestion, "words": [], "wide": []}
    return rule | {"wide" if wide else "words": [compile_phrase(phrase)]}
