"""Templates of error messages by Drain3: one for all messages that differ only in what a call brings with it.

Only a template ever leaves this machine; holysheep.errors.message takes ids, keys, addresses and numbers out first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from drain3 import TemplateMiner
from drain3.template_miner_config import TemplateMinerConfig

from holysheep.errors.message import generalise

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Messages are the same kind when this share of their words is alike.
_ALIKE: Final = 0.6


class Templates:
    """Drain3 over messages: the same templates for the same messages in the same order."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        """A miner in memory that starts with the known templates, so that their next messages give them again."""
        config = TemplateMinerConfig()
        config.drain_sim_th = _ALIKE
        config.profiling_enabled = False
        self._miner = TemplateMiner(config=config)
        for template in sorted(known):
            self._miner.add_log_message(template)

    def of_all(self, messages: Iterable[str]) -> dict[str, str]:
        """The template of each message. Later messages widen the templates of earlier ones, so all are asked twice."""
        plain = {message: generalise(message) for message in messages}
        for text in plain.values():
            if self._miner.match(text) is None:
                self._miner.add_log_message(text)
        return {message: self._template(text) for message, text in plain.items()}

    def _template(self, text: str) -> str:
        cluster = self._miner.match(text)
        return str(cluster.get_template()) if cluster else text
