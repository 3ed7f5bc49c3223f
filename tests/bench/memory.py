"""The highest memory of this process, of all its life or of a step."""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import Final

_KIB: Final = 1024
_PROC: Final = Path("/proc/self")
#: What makes Linux forget the highest memory so far.
_FORGET: Final = "5"


def peak_mib() -> int:
    """The highest of the process's life, or on Linux since `forget`."""
    try:
        status = (_PROC / "status").read_text(encoding="ascii")
    except OSError:
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return round(used / (_KIB if sys.platform != "darwin" else _KIB**2))
    kib = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return round(int(kib) / _KIB)


def forget() -> None:
    """Measure from here. Elsewhere than on Linux it does nothing: peaks are then those of the process's life."""
    try:
        (_PROC / "clear_refs").write_text(_FORGET, encoding="ascii")
    except OSError:
        return
