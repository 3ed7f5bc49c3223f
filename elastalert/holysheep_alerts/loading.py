"""Loads rules as ElastAlert does, and notes which version of each file it runs.

ElastAlert keeps the rule that it has when a changed file is wrong. `holysheep-elk plan` compares this note with the
rendered files.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, ClassVar

from elastalert.config import loader_mapping
from elastalert.loaders import FileRulesLoader


def note_into(path: Path) -> None:
    """Make ElastAlert in this process note in a file what it loads."""
    Loader.note = path
    loader_mapping["file"] = Loader


class Loader(FileRulesLoader):
    """ElastAlert's loader of files, with a note of what it has loaded."""

    note: ClassVar[Path]
    loaded: ClassVar[dict[str, str]] = {}

    def load_configuration(self, filename: str, conf: Any, args: Any = None) -> Any:  # noqa: ANN401 - ElastAlert's types
        """The rule, as ElastAlert's loader reads it."""
        digest = hashlib.sha256(Path(filename).read_bytes()).hexdigest()
        rule = super().load_configuration(filename, conf, args)
        if rule:
            self.loaded[Path(filename).name] = digest
            self._write()
        return rule

    def get_hashes(self, conf: Any, use_rule: Any = None) -> Any:  # noqa: ANN401 - the same
        """The files that there are; ElastAlert asks every minute, and stops the rule of a file that is gone."""
        hashes = super().get_hashes(conf, use_rule)
        gone = set(self.loaded) - {Path(name).name for name in hashes}
        for name in gone:
            del self.loaded[name]
        if gone:
            self._write()
        return hashes

    def _write(self) -> None:
        part = self.note.with_suffix(".part")
        part.write_text(json.dumps(self.loaded, sort_keys=True), encoding="utf-8")
        part.replace(self.note)
