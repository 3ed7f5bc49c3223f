"""A process that starts at a `with` and is gone at its end."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import subprocess


class Process(abc.ABC):
    """`_process` is None until the first start."""

    _process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.kill()

    @abc.abstractmethod
    def start(self) -> None:
        """Start, or start again."""

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
