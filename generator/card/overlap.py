"""Finds two one-star globs of different models that can match the same name, without trying all pairs.

`p*s` and `q*t` can match one name exactly when one of p, q starts with the other and one of s, t ends
with the other: the longer prefix followed by the longer suffix is such a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Glob(NamedTuple):
    """A pattern with one star: the text before it, the text after it, the model's index, and the pattern's number."""

    prefix: str
    suffix: str
    model: int
    number: int


def overlaps(globs: Sequence[Glob]) -> list[tuple[Glob, Glob]]:
    """Pairs (earlier, later) of different models that overlap; empty exactly when there is none.

    Not all pairs are listed when a model has several globs with the same ends. The time grows with the total
    length of the globs, not with the square of their number.
    """
    groups: dict[str, dict[str, list[Glob]]] = {}
    for glob in globs:
        _remember(groups.setdefault(glob.prefix, {}), glob)
    exact: dict[str, dict[str, list[Glob]]] = {}
    for glob in globs:
        exact.setdefault(glob.prefix, {}).setdefault(glob.suffix, []).append(glob)
    pairs: dict[tuple[int, int], tuple[Glob, Glob]] = {}
    for glob in globs:
        for rival in _rivals(glob, groups, exact):
            first, second = sorted((glob, rival), key=lambda glob_: glob_.number)
            pairs[first.number, second.number] = (first, second)
    return [pairs[key] for key in sorted(pairs)]


def _remember(endings: dict[str, list[Glob]], glob: Glob) -> None:
    """Keep up to two globs of different models for each ending of the glob's suffix: enough to find a rival."""
    for start in range(len(glob.suffix) + 1):
        kept_globs = endings.setdefault(glob.suffix[start:], [])
        if not kept_globs or (len(kept_globs) == 1 and kept_globs[0].model != glob.model):
            kept_globs.append(glob)


def _rivals(
    glob: Glob, groups: dict[str, dict[str, list[Glob]]], exact: dict[str, dict[str, list[Glob]]]
) -> Iterator[Glob]:
    """Globs of other models that overlap this one and whose prefix is not longer than this one's."""
    for length in range(len(glob.prefix) + 1):
        prefix = glob.prefix[:length]
        if prefix not in groups:
            continue
        longer = groups[prefix].get(glob.suffix, [])
        yield from (other for other in longer if other.model != glob.model)
        for start in range(1, len(glob.suffix) + 1):
            shorter = exact[prefix].get(glob.suffix[start:], [])
            yield from (other for other in shorter[:2] if other.model != glob.model)
