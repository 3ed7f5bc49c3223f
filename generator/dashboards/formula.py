"""The part of Lens' formula language that the dashboards use, parsed as Kibana 8.12's own grammar does.

    sum(field) / count(kql='event.outcome: "failure"', shift='1d') * 1000

Source: `packages/kbn-tinymath/grammar/grammar.peggy` of Kibana; which nodes carry a location is taken
from what the Lens editor of 8.12 stored (tests/unit/dashboards/test_gallery.py compares).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Calls that read documents, and whether they take a field.
FIELD_CALLS: Final = {
    "sum": True,
    "average": True,
    "min": True,
    "max": True,
    "percentile": True,
    "unique_count": True,
    "count": False,
}
#: Calls over another call's values in the chart.
REFERENCE_CALLS: Final = ("overall_sum", "cumulative_sum")
#: What a formula may know of its panel.
CONTEXT: Final = ("time_range", "now")
#: Functions of the formula language over numbers, and how many arguments each has.
FUNCTIONS: Final = {"round": 2, "ifelse": 3, "lt": 2}
_MATH: Final = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}
_KNOWN: Final = (*FIELD_CALLS, *REFERENCE_CALLS, *FUNCTIONS, *CONTEXT)
_SHIFT: Final = re.compile(r"[1-9][0-9]*[smhdwMy]")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_NAME: Final = re.compile(r"[A-Za-z_]+(?=\()")
_ARGUMENT: Final = re.compile(r"([a-zA-Z_]+)\s*=\s*")
_FIELD: Final = re.compile(r"[0-9A-Za-z._@-]+")
_SPACE: Final = re.compile(r"[ \t\r\n]*")


class FormulaError(ValueError):
    """What is wrong with a formula, and at which character."""


@dataclass(frozen=True)
class Call:
    """A call that Elasticsearch answers: one aggregation, with its own filter and time shift."""

    name: str
    field: str | None
    kql: str | None = None
    shift: str | None = None
    percentile: float | None = None

    @property
    def counts_documents(self) -> bool:
        """Whether it is count() alone: each bucket has it without an aggregation."""
        return self.name == "count" and self.kql is None


@dataclass(frozen=True)
class Over:
    """A call over the values of another node: overall_sum, cumulative_sum."""

    name: str
    of: Node


@dataclass(frozen=True)
class Math:
    """Two nodes and a sign; `span` is where Kibana stores the node's text, None for inner nodes of a chain."""

    name: str
    left: Node
    right: Node
    span: tuple[int, int] | None = None


@dataclass(frozen=True)
class Function:
    """round(a, decimals), lt(a, b), ifelse(condition, a, b)."""

    name: str
    args: tuple[Node, ...]
    span: tuple[int, int]


@dataclass(frozen=True)
class Context:
    """time_range(), the length of the panel's time range, or now(), since 1970; both in milliseconds."""

    name: str


Node = Call | Over | Math | Function | Context | float


@dataclass(frozen=True)
class Formula:
    """A parsed formula and its text."""

    text: str
    root: Node

    @property
    def calls(self) -> list[Call]:
        """Every call that reads documents, in the order of the text."""
        return list(walk(self.root))


def walk(node: Node) -> Iterator[Call]:
    """The calls below a node, from left to right."""
    if isinstance(node, Call):
        yield node
    elif isinstance(node, Over):
        yield from walk(node.of)
    elif isinstance(node, Math):
        yield from walk(node.left)
        yield from walk(node.right)
    elif isinstance(node, Function):
        for part in node.args:
            yield from walk(part)


@cache
def parse(text: str) -> Formula:
    """The formula in a text, read once, as a tree that nobody changes. Raises FormulaError."""
    reader = _Reader(text)
    root = reader.sum()
    if reader.at < len(text):
        reader.fail("an operator (+ - * /) or the end")
    if not list(walk(root)):
        raise FormulaError("a formula of numbers alone shows nothing")
    return Formula(text, root)


class _Reader:
    """Recursive descent over the text; each method reads one rule of the grammar."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def fail(self, expected: str) -> NoReturn:
        found_text = self.text[self.at : self.at + 20] or "the end"
        raise FormulaError(f"expected {expected} at character {self.at + 1}, found {found_text!r}")

    def space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def take(self, pattern: re.Pattern[str]) -> str | None:
        match = pattern.match(self.text, self.at)
        if match is None:
            return None
        self.at = match.end()
        return match.group(0)

    def char(self, chars: str) -> str | None:
        if self.at < len(self.text) and self.text[self.at] in chars:
            self.at += 1
            return self.text[self.at - 1]
        return None

    def sum(self) -> Node:
        return self._chain("+-")

    def product(self) -> Node:
        return self._chain("*/")

    def _chain(self, signs: str) -> Node:
        """Left-associative; only the outermost node of a chain has a span, whitespace around it included."""
        read_operand = self.product if signs == "+-" else self.factor
        start = self.at
        self.space()
        node = read_operand()
        operands: list[tuple[str, Node]] = []
        while sign := self.char(signs):
            operands.append((sign, read_operand()))
        self.space()
        for number, (sign, right) in enumerate(operands):
            outermost = number == len(operands) - 1
            node = Math(_MATH[sign], node, right, (start, self.at) if outermost else None)
        if not operands and signs == "*/" and isinstance(node, Math):
            node = Math(node.name, node.left, node.right, (start, self.at))
        return node

    def factor(self) -> Node:
        self.space()
        node = self._group() or self._call()
        if node is None:
            number = self.take(_NUMBER)
            if number is None:
                self.fail("a call such as sum(field), a number or (")
            node = float(str(number))
        self.space()
        return node

    def _group(self) -> Node | None:
        if not self.char("("):
            return None
        self.space()
        node = self.sum()
        if not self.char(")"):
            self.fail("a )")
        return node

    def _call(self) -> Node | None:
        start = self.at
        name = self.take(_NAME)
        if name is None:
            return None
        if name not in _KNOWN:
            raise FormulaError(f"{name}() is not one of {', '.join(_KNOWN)}")
        self.char("(")
        self.space()
        node: Node
        if name in FUNCTIONS:
            args = self._arguments(name)
            return Function(name, args, (start, self.at))
        if name in CONTEXT:
            node = Context(name)
        else:
            node = self._over(name) if name in REFERENCE_CALLS else self._field_call(name)
        self.space()
        if not self.char(")"):
            self.fail("a )")
        return node

    def _arguments(self, name: str) -> tuple[Node, ...]:
        args = [self.sum()]
        while self.char(","):
            args.append(self.sum())
        if not self.char(")"):
            self.fail("a , or a )")
        if len(args) != FUNCTIONS[name]:
            raise FormulaError(f"{name}() takes {FUNCTIONS[name]} arguments")
        self.space()
        return tuple(args)

    def _over(self, name: str) -> Over:
        inner = self.sum()
        if not isinstance(inner, Call) or inner.name not in ("sum", "count"):
            raise FormulaError(f"{name}() takes one sum(…) or count(…)")
        return Over(name, inner)

    def _field_call(self, name: str) -> Call:
        field: str | None = None
        named: dict[str, str] = {}
        first = True
        while self.at < len(self.text) and self.text[self.at] != ")":
            if not first:
                if not self.char(","):
                    self.fail("a , or a )")
                self.space()
            match = _ARGUMENT.match(self.text, self.at)
            if match:
                self.at = match.end()
                named[match.group(1)] = self._value()
            elif first and FIELD_CALLS[name]:
                field = self.take(_FIELD) or self.fail("a field")
            else:
                self.fail("kql='…', shift='…' or percentile=…")
            first = False
            self.space()
        return _call(name, field, named)

    def _value(self) -> str:
        quote = self.char("'\"")
        if quote is None:
            return self.take(_NUMBER) or self.fail("a quoted text or a number")
        out = []
        while (letter := self.char_any()) != quote:
            if letter == "\\" and self.at < len(self.text) and self.text[self.at] == quote:
                letter = self.char_any()
            out.append(letter)
        return "".join(out)

    def char_any(self) -> str:
        if self.at >= len(self.text):
            self.fail("the closing quote")
        self.at += 1
        return self.text[self.at - 1]


def _call(name: str, field: str | None, named: dict[str, str]) -> Call:
    if FIELD_CALLS[name] and field is None:
        raise FormulaError(f"{name}() needs a field")
    allowed = {"kql", "shift"} | ({"percentile"} if name == "percentile" else set())
    if unknown := sorted(set(named) - allowed):
        raise FormulaError(f"{name}() has no argument {unknown[0]}")
    if "shift" in named and not _SHIFT.fullmatch(named["shift"]):
        raise FormulaError(f"shift={named['shift']!r} is not a time such as 1d")
    percentile = float(named.get("percentile", "95")) if name == "percentile" else None
    return Call(name, field, named.get("kql"), named.get("shift"), percentile)
