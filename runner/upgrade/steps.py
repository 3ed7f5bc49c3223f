"""Which step from version to version is allowed. Pure: nothing is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from generator.errors import UserError
from runner.cluster import versions

if TYPE_CHECKING:
    from runner.cluster.versions import Version

Kind = Literal["none", "patch", "minor", "major"]
#: The one minor version of 8 that 9 can follow, and the oldest that this bundle runs on.
BRIDGE: Final = (8, 19)
NEWEST_MAJOR: Final = 9
BACK: Final = (
    "there is no way back on the same data: Elasticsearch does not read what a newer one wrote. Copy a backup of the "
    "old version away (backup --copy-to), make clean, set the old version, make up, restore --from: docs/upgrade.md"
)


def parse(said: str) -> Version:
    """A version of three numbers. UserError for anything else."""
    found = versions.parse(said)
    if found is None or said.count(".") != 2:  # noqa: PLR2004  # three numbers
        raise UserError(f"{said!r} is no version", where="upgrade", hint="write all three numbers: 9.5.2")
    return found


def judge(running: Version, target: Version) -> Kind:
    """The kind of step. UserError for one that Elasticsearch or this bundle does not take, with the way there."""
    now, then = versions.text(running), versions.text(target)
    if target < running:
        raise UserError(f"from {now} to {then} is a step back", where="upgrade", hint=BACK)
    if target == running:
        return "none"
    if target[:2] < BRIDGE or target[0] > NEWEST_MAJOR:
        raise UserError(f"this bundle is made for 8.19 and 9.x, not {then}", where="upgrade", hint="choose one of them")
    if running[0] < BRIDGE[0]:
        raise UserError(f"{now} is too old for this bundle", where="upgrade", hint="export, start anew, feed again")
    if running[0] == target[0]:
        return "patch" if running[1] == target[1] else "minor"
    if running[:2] != BRIDGE:
        hint = "first: make upgrade VERSION=8.19.… (the newest), then again"
        raise UserError(f"from {now} there is no way straight to {then}", where="upgrade", hint=hint)
    return "major"
