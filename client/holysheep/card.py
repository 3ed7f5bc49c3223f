"""The price card of a running application: read once, read again when its file changes."""

from __future__ import annotations

import json
import logging
import time
from typing import TYPE_CHECKING, Final, cast

from holysheep.price import Call, Outcome, Pricer, RulesError, default_rules, read_rules
from holysheep.price.plain import Totals
from holysheep.price.rules import PARTS, PriceRules

if TYPE_CHECKING:
    from pathlib import Path

    from holysheep.price.plain import PlainCounts

_log: Final = logging.getLogger("holysheep")
#: How often the file is looked at, s.
LOOK_S: Final = 2.0
Stamp = tuple[int, int, int]


class Card:
    """Prices calls. A file that turns bad is reported, and the last good card stays."""

    def __init__(self, path: Path | None = None, text: str | None = None) -> None:
        """`path`: a file; else `text`: the same as JSON; else the card of the package. Raises RulesError."""
        self._path = None if text and path is None else path
        self._stamp = self._look()
        self._next = time.monotonic() + LOOK_S
        self._use(self._rules(text))

    @property
    def models(self) -> frozenset[str]:
        """Ids of the card's models: the bounded set that metrics may use as labels."""
        return self._models

    def price(self, call: Call) -> Outcome:
        """What a call costs; the file is looked at every two seconds."""
        if self._path is not None and time.monotonic() >= self._next:
            self.reload()
        return self._pricer.price(call)

    def total(self, requested: object, served: object, at_ms: int, counts: PlainCounts) -> int | None:
        """Nano-USD of an ordinary call; None where `price` must be asked."""
        if self._path is not None and time.monotonic() >= self._next:
            self.reload()
        return self._totals.total(requested, served, at_ms, counts)

    def reload(self) -> bool:
        """Read the file again if it changed; whether a new card is in use."""
        self._next = time.monotonic() + LOOK_S
        stamp = self._look()
        if self._path is None or stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            self._use(read_rules(self._path))
        except (RulesError, KeyError, TypeError, IndexError) as error:
            _log.warning("the price card is unchanged: %s", error)
            return False
        return True

    def _use(self, rules: PriceRules) -> None:
        self._pricer = Pricer(rules)
        self._totals = Totals(rules, self._pricer.matcher)
        self._models = frozenset(model["id"] for model in rules["models"])
        self.version = rules["version"]

    def _rules(self, text: str | None) -> PriceRules:
        if self._path is not None:
            return read_rules(self._path)
        if not text:
            return default_rules()
        try:
            data = json.loads(text)
        except ValueError as error:
            raise RulesError(f"HOLYSHEEP_PRICES_JSON is not JSON: {error}") from None
        if not isinstance(data, dict) or (missing := [part for part in PARTS if part not in data]):
            what = f"has no {', '.join(missing)}" if isinstance(data, dict) else "is not an object"
            raise RulesError(f"HOLYSHEEP_PRICES_JSON {what}; give the text of prices.json")
        return cast("PriceRules", {part: data[part] for part in PARTS})

    def _look(self) -> Stamp | None:
        if self._path is None:
            return None
        try:
            stat = self._path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino
