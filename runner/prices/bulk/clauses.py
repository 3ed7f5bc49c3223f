"""A model's match clauses in genai-prices as names and one-star patterns of our card."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from holysheep.price import normalise
from runner.prices.bulk.sellers import REGIONS

#: `^gpt-5-mini-\d{4}-\d{2}-\d{2}$`: a name with a date, which the card's matching strips anyway.
_DATED: Final = re.compile(r"\^((?:[\w@/-]|\\\.)+?)(?:-|\[-@\])(?:\\d\{8\}|\\d\{4\}-\\d\{2\}-\\d\{2\})\$", re.ASCII)
#: `^(?!.*-[tT][tT][sS](?:$|-))`: all but the names of speech models.
_NO_SPEECH: Final = "(?!.*-[tT][tT][sS]"
#: A preview's name goes on with month and day; a speech model's does not.
_PREVIEWS: Final = ("-preview-0*", "-preview-1*", "-exp-0*", "-exp-1*")
_LAST: Final = re.compile(r"[\w\]:]\Z", re.ASCII)


@dataclass(slots=True)
class Names:
    """How logs may call a model: exactly, by pattern, and the clauses for which the card has no form."""

    exact: list[str] = field(default_factory=list)
    patterns: list[str] = field(default_factory=list)
    unsaid: list[str] = field(default_factory=list)


def names_of(seller: str, model: Any) -> Names:  # noqa: ANN401 - the package's ModelInfo
    """The model's id and all that its clauses say, in their order, each once."""
    names = Names([normalise(model.id)])
    _read(seller, model.match, names)
    return Names(*(list(dict.fromkeys(part)) for part in (names.exact, names.patterns, names.unsaid)))


def _read(seller: str, clause: Any, names: Names) -> None:  # noqa: ANN401 - one of the package's clauses
    match clause:
        case object(or_=clauses):
            for inner in clauses:
                _read(seller, inner, names)
        case object(equals=text):
            names.exact.append(normalise(text))
        case object(starts_with=text):
            _add_start(normalise(text), names)
        case object(ends_with=text):
            names.exact.append(normalise(text).rpartition("/")[2])
        case object(contains=text):
            for start in _starts(seller, normalise(text)):
                _add_start(start, names)
        case object(regex=expression) if dated := _DATED.fullmatch(expression):
            names.exact.append(normalise(dated[1].replace("\\.", ".")))
        case object(and_=[object(starts_with=text), object(regex=expression)]) if _NO_SPEECH in expression:
            names.exact += [normalise(text), normalise(text) + "-preview"]
            names.patterns += [normalise(text) + end for end in _PREVIEWS]
        case _:
            names.unsaid.append(str(clause))


def _add_start(start: str, names: Names) -> None:
    if _LAST.search(start):
        names.exact.append(start)
    names.patterns.append(start + "*")


def _starts(seller: str, text: str) -> list[str]:
    """How names that contain a text start: as it does, and on Bedrock with region and vendor before it."""
    if seller != "aws":
        return [text]
    regional = text.partition(".")[0] + "." in {*REGIONS, "global."}
    vendor = "anthropic." if text.startswith("claude") else ""
    return [text] if regional else [region + vendor + text for region in REGIONS]
