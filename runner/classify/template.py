"""Finds templates of error messages with Drain3. Messages that differ only in values of a call share a template.

Only templates leave this machine. holysheep.errors.message removes ids, keys, addresses and numbers first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from drain3 import TemplateMiner
from drain3.template_miner_config import TemplateMinerConfig

from holysheep.errors.message import generalise

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Share of equal words from which two messages have the same template.
_ALIKE: Final = 0.6


class Templates:
    """Drain3's templates. The same messages in the same order give the same templates."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        """Start with the known templates, so that their messages get the same templates again."""
        config = TemplateMinerConfig()
        config.drain_sim_th = _ALIKE
        config.profiling_enabled = False
        self._miner = TemplateMiner(config=config)
        for template in sorted(known):
            self._miner.add_log_message(template)

    def of_all(self, messages: Iterable[str]) -> dict[str, str]:
        """The template of each message. Each message is matched twice, since later messages widen earlier templates."""
        plain = {message: generalise(message) for message in messages}
        for text in plain.values():
            if self._miner.match(text) is None:
                self._miner.add_log_message(text)
        return {message: self._template(text) for message, text in plain.items()}

    def _template(self, text: str) -> str:
        cluster = self._miner.match(text)
        return str(cluster.get_template()) if cluster else text
