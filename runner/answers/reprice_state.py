"""How far a run of `reprice --write` is, in a file, so that the same command goes on after a kill."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from generator.errors import UserError
from generator.paths import STATE
from runner.cluster import changes
from runner.cluster.changes import Run
from runner.host.files import write_private

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]
FOLDER: Final = STATE / "reprice"


@dataclass
class State:
    """A run. Its file is there from its first change until its end."""

    folder: Path
    #: what was asked for: card, span, models, …; the same request goes on with the same run
    request: Json
    run: Run
    #: number of the record that was announced last, or was about to be
    number: int = 0
    #: indices that are done
    finished: list[str] = field(default_factory=list)
    resumed: bool = False

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / f"{self.run.name}.json"

    def next(self) -> int:
        """Number of the next record; written down before that record is."""
        self.number += 1
        self._write()
        return self.number

    def finish(self, index: str) -> None:
        """Note that an index is done."""
        self.finished.append(index)
        if self.number:
            self._write()

    def end(self) -> None:
        """The run is over."""
        self.path.unlink(missing_ok=True)

    def _write(self) -> None:
        part = {"request": self.request, "run": asdict(self.run), "number": self.number, "finished": self.finished}
        write_private(self.path, json.dumps(part, indent=1) + "\n")


def of(request: Json, reason: str, folder: Path = FOLDER) -> State:
    """The unfinished run of the same request, else a new one. UserError when a file of the folder can't be read."""
    for path in sorted(folder.glob("*-reprice-*.json")):
        try:
            part = json.loads(path.read_text(encoding="utf-8"))
            changes.check_name(part["run"]["name"])
            if part["request"] == request:
                return State(folder, request, Run(**part["run"]), part["number"], part["finished"], resumed=True)
        except (OSError, ValueError, KeyError, TypeError) as error:
            hint = "remove the file: a run without it begins anew, and changes nothing twice"
            raise UserError(f"can't be read as a run: {error}", where=str(path), hint=hint) from None
    return State(folder, request, changes.begin("reprice", reason))
