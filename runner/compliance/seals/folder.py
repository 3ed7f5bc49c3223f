"""The folder of seals: the chain as one file, a list of leaves for each seal, and what `seal` need not read again."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.errors import UserError
from runner.host.files import PRIVATE, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from runner.compliance.seals.record import Seal

#: The chain: one seal a line, only ever appended to.
FILE: Final = "seals.ndjson"


@dataclass(frozen=True)
class Folder:
    """Where seals are kept beside the index. docs/seals.md says how to copy it to a storage with object lock."""

    path: Path

    @property
    def chain(self) -> Path:
        """The file of the chain."""
        return self.path / FILE

    def leaves(self, seal: Seal) -> Path:
        """The list of leaves of a seal."""
        return self.path / "leaves" / f"{seal.number:08d}-{seal.index}.leaves"

    def leaves_beyond(self, last: int) -> list[int]:
        """Numbers after `last` of which a list of leaves is there."""
        names = (path.name.partition("-")[0] for path in (self.path / "leaves").glob("*.leaves"))
        return sorted(int(name) for name in names if name.isdigit() and int(name) > last)

    def append(self, seals: Sequence[Seal]) -> None:
        """Append seals to the chain. The bytes are on the disk when it returns."""
        self.path.mkdir(parents=True, exist_ok=True)
        with open(os.open(self.chain, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE), "ab") as file:  # noqa: PTH123
            file.write("".join(seal.line() + "\n" for seal in seals).encode())
            file.flush()
            os.fsync(file.fileno())

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep a second `seal` out for the time of the context. UserError when one runs."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / ".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise UserError("another `seal` runs", where=str(self.path), hint="wait until it ends") from None
            yield

    def seen(self) -> dict[str, Any]:
        """State of each index at its last seal; empty when that is not known. Nothing is proven by it."""
        try:
            known = json.loads((self.path / "seen.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    def see(self, seen: dict[str, Any]) -> None:
        """Note the state of the indices, so that the next `seal` reads only what was written to since."""
        write_whole(self.path / "seen.json", json.dumps(seen, indent=0, sort_keys=True) + "\n", mode=PRIVATE)
