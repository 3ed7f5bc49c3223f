"""Changes one value of a YAML text, and nothing else of it: comments, order and style stay."""

from __future__ import annotations

from typing import Any

import yaml

Place = tuple[str | int, ...]


def put(text: str, place: Place, value: object) -> str:
    """The text with `value` at `place`. A missing key is added below the first keys of its mapping."""
    node = _root(text)
    for depth, step in enumerate(place):
        child = _child(node, step)
        if child is None:
            return _add(text, node, place[depth:], value)
        node = child
    end = node.end_mark.index
    if not _inline(node):  # A block reaches to the start of what follows it.
        raise ValueError(f"{place} is a block")
    return text[: node.start_mark.index] + written(value) + text[end:]


def written(value: object) -> str:
    """A value in one line, as it can stand in a block and in braces."""
    text: str = yaml.safe_dump([value], default_flow_style=True, width=10**6, allow_unicode=True, sort_keys=False)
    return text.strip().removeprefix("[").removesuffix("]")


def _root(text: str) -> Any:  # noqa: ANN401 - PyYAML's nodes have no common type with a value
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _child(node: Any, step: str | int) -> Any:  # noqa: ANN401 - as above
    if isinstance(node, yaml.SequenceNode):
        return node.value[int(step)] if int(step) < len(node.value) else None
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == step), None)
    return None


def _inline(node: Any) -> bool:  # noqa: ANN401 - as above
    return isinstance(node, yaml.ScalarNode) or bool(node.flow_style)


def _add(text: str, node: Any, place: Place, value: object) -> str:  # noqa: ANN401 - as above
    """The mapping with a new key. Parts of the place that are missing too become mappings in braces."""
    if not isinstance(node, yaml.MappingNode):
        raise ValueError(f"{place} is not in a mapping")  # noqa: TRY004 - both mean that the place can't be written
    for step in reversed(place[1:]):
        value = {step: value}
    pair = f"{place[0]}: {written(value)}"
    if node.flow_style:
        end = node.end_mark.index - 1
        return f"{text[:end]}{', ' if node.value else ''}{pair}{text[end:]}"
    # After the first key whose value ends in its own line, so that the new line stands among the short ones.
    line = next((item.end_mark.line for name, item in node.value[1:] if _inline(item)), node.value[0][1].end_mark.line)
    lines = text.splitlines(keepends=True)
    new = " " * node.start_mark.column + pair + "\n"
    return "".join([*lines[: line + 1], new, *lines[line + 1 :]])
