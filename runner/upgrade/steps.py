"""The rules for the step of an upgrade from one version to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from generator.errors import UserError
from runner.cluster import versions

if TYPE_CHECKING:
    from runner.cluster.versions import Version

Kind = Literal["none", "patch", "minor", "major"]
#: The only minor version of 8 from which an upgrade to 9 is possible, and the oldest that this bundle supports.
BRIDGE: Final = (8, 19)
NEWEST_MAJOR: Final = 9
BACK: Final = (
    "Elasticsearch can't read data that a newer version wrote. Copy a backup of the old version to another disk "
    "(backup --copy-to), make clean, set the old version, make up, restore --from: docs/upgrade.md"
)


def parse(text: str) -> Version:
    """A version of three numbers. UserError for another text."""
    version = versions.parse(text)
    if version is None or text.count(".") != 2:  # noqa: PLR2004  # three numbers
        raise UserError(f"{text!r} is no version", where="upgrade", hint="write all three numbers: 9.5.2")
    return version


def judge(running: Version, target: Version) -> Kind:
    """The kind of step. UserError for a step that Elasticsearch or this bundle does not support."""
    now, then = versions.text(running), versions.text(target)
    if target < running:
        raise UserError(f"from {now} to {then} is a step back", where="upgrade", hint=BACK)
    if target == running:
        return "none"
    if target[:2] < BRIDGE or target[0] > NEWEST_MAJOR:
        raise UserError(f"this bundle is made for 8.19 and 9.x, not {then}", where="upgrade", hint="choose one of them")
    if running[0] < BRIDGE[0]:
        hint = "remove the data with `make clean`, then feed the logs again"
        raise UserError(f"{now} is too old for this bundle", where="upgrade", hint=hint)
    if running[0] == target[0]:
        return "patch" if running[1] == target[1] else "minor"
    if running[:2] != BRIDGE:
        hint = "first: make upgrade VERSION=8.19.… (the newest 8.19), then upgrade again"
        raise UserError(f"Elasticsearch can't be upgraded from {now} to {then} directly", where="upgrade", hint=hint)
    return "major"
