"""The part of KQL that the dashboards use: parsed to check its fields, and turned into Elasticsearch's query DSL.

`field: value`, `field: "a phrase"`, `field: (a or b)`, `field: *`, `field: gpt-*`, `field >= 400`, with and,
or, not and parentheses. A value without a field is refused: it would search every field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

Query = dict[str, Any]

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<sign>\(|\)|:|<=|>=|<|>)|(?P<word>(?:[^\s():<>"\\]|\\.)+))""",
)
_RANGE: Final = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
_ESCAPE: Final = re.compile(r"\\(.)")


class KqlError(ValueError):
    """What is wrong with a query."""


@dataclass(frozen=True)
class Test:
    """One field against one value. `sign` is `:` or a comparison; `phrase` says that the value was quoted."""

    field: str
    sign: str
    value: str
    phrase: bool


@dataclass(frozen=True)
class Not:
    """The opposite of a node."""

    of: Node


@dataclass(frozen=True)
class Join:
    """Nodes joined by `and` or `or`."""

    word: str
    parts: tuple[Node, ...]


Node = Test | Not | Join


@cache
def parse(text: str) -> Node | None:
    """The query in a text, None for an empty one; read once, as a tree that nobody changes. Raises KqlError."""
    if not text.strip():
        return None
    reader = _Reader(text)
    node = reader.joined("or", None)
    if reader.at < len(reader.tokens):
        reader.fail("the end, and or or")
    return node


def fields(node: Node | None) -> list[str]:
    """Every field that a query names, in its order."""
    if isinstance(node, Test):
        return [node.field]
    if isinstance(node, Not):
        return fields(node.of)
    return [name for part in node.parts for name in fields(part)] if isinstance(node, Join) else []


def fields_or_say(text: str, say: Callable[..., None], *place: str | int) -> list[str]:
    """The fields of a query. A query that can't be read is told by `say`, at its place, and has none."""
    try:
        return fields(parse(text))
    except KqlError as error:
        say(f"the KQL can't be read: {error}", *place, hint='write field: "value" and …')
        return []


def to_dsl(node: Node | None) -> Query:
    """Elasticsearch's form of a query."""
    if node is None:
        return {"match_all": {}}
    if isinstance(node, Not):
        return {"bool": {"must_not": [to_dsl(node.of)]}}
    if isinstance(node, Join):
        parts = [to_dsl(part) for part in node.parts]
        if node.word == "and":
            return {"bool": {"filter": parts}}
        return {"bool": {"should": parts, "minimum_should_match": 1}}
    return _test_dsl(node)


def _test_dsl(node: Test) -> Query:
    if node.sign != ":":
        return {"range": {node.field: {_RANGE[node.sign]: node.value}}}
    if node.phrase:
        return {"match_phrase": {node.field: node.value}}
    if node.value == "*":
        return {"exists": {"field": node.field}}
    if "*" in node.value:
        return {"wildcard": {node.field: {"value": node.value}}}
    return {"match": {node.field: node.value}}


class _Reader:
    """Recursive descent over the tokens; `or` binds loosest, then `and`, then `not`."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.at = 0
        text, position = text.rstrip(), 0
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise KqlError(f"can't read {text[position : position + 20].strip()!r}")
            self.tokens.append((str(match.lastgroup), match.group(str(match.lastgroup))))
            position = match.end()

    def fail(self, expected: str) -> NoReturn:
        found_text = self.tokens[self.at][1] if self.at < len(self.tokens) else "the end"
        raise KqlError(f"expected {expected}, found {found_text!r}")

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def sign(self, *signs: str) -> str | None:
        kind, text = self.peek()
        if kind == "sign" and text in signs:
            self.at += 1
            return text
        return None

    def keyword(self, word: str) -> bool:
        kind, text = self.peek()
        if kind == "word" and text.lower() == word:
            self.at += 1
            return True
        return False

    def joined(self, word: str, field: str | None) -> Node:
        """Parts joined by a word. Within `field: ( … )`, `field` is that field and the parts are values."""
        parts = [self._part(word, field)]
        while self.keyword(word):
            parts.append(self._part(word, field))
        return parts[0] if len(parts) == 1 else Join(word, tuple(parts))

    def _part(self, word: str, field: str | None) -> Node:
        return self.joined("and", field) if word == "or" else self._unary(field)

    def _unary(self, field: str | None) -> Node:
        if self.keyword("not"):
            return Not(self._unary(field))
        if self.sign("("):
            node = self.joined("or", field)
            if not self.sign(")"):
                self.fail("a )")
            return node
        return self._test() if field is None else self._value(field, ":")

    def _test(self) -> Node:
        kind, name = self.peek()
        if kind != "word":
            self.fail("a field")
        self.at += 1
        sign = self.sign(":", *_RANGE)
        if sign is None:
            raise KqlError(f"{name!r} has no field: write field: {name}")
        if sign == ":" and self.sign("("):
            node = self.joined("or", name)
            if not self.sign(")"):
                self.fail("a )")
            return node
        return self._value(name, sign)

    def _value(self, field: str, sign: str) -> Test:
        kind, text = self.peek()
        if kind not in ("word", "text"):
            self.fail("a value")
        self.at += 1
        phrase = kind == "text"
        return Test(field, sign, _ESCAPE.sub(r"\1", text[1:-1] if phrase else text), phrase)
