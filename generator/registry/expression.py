"""Expressions of the query library: names, numbers, + - * / and parentheses, as in `cost / 1e9`."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Final

from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_OPERATORS: Final[dict[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def names(text: str) -> set[str]:
    """The names in an expression. PydanticCustomError when it is none."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise PydanticCustomError("expression", "{what}", {"what": f"{text!r} is no expression: {error.msg}"}) from None
    names_: set[str] = set()
    _check(tree, text, names_)
    return names_


def value(text: str, figures: Mapping[str, float | str | None]) -> float | str | None:
    """The value of an expression that `names` accepts; None where a figure is missing, and for a division by zero."""
    return _value(ast.parse(text.strip(), mode="eval").body, figures)


def _check(node: ast.expr, text: str, names_: set[str]) -> None:
    if isinstance(node, ast.Name):
        names_.add(node.id)
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        _check(node.left, text, names_)
        _check(node.right, text, names_)
    elif not (isinstance(node, ast.Constant) and type(node.value) in (int, float)):
        raise PydanticCustomError(
            "expression", "{what}", {"what": f"{text!r} has more than names, numbers and + - * /"}
        )


def _value(node: ast.expr, figures: Mapping[str, float | str | None]) -> float | str | None:
    if isinstance(node, ast.Name):
        return figures[node.id]
    if isinstance(node, ast.Constant):
        return node.value  # type: ignore[return-value]  # a number: see _check
    if not isinstance(node, ast.BinOp):
        raise TypeError(ast.dump(node))
    left, right = _value(node.left, figures), _value(node.right, figures)
    if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
        return None
    return None if isinstance(node.op, ast.Div) and not right else _OPERATORS[type(node.op)](left, right)
