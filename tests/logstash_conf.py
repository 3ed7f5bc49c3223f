"""Reads Logstash's configuration language as far as the bundle uses it: no conditionals."""

from __future__ import annotations

import re
from typing import Any, Final

Plugin = tuple[str, dict[str, Any]]

TOKEN: Final = re.compile(
    r"""[ \t\r\n]+|\#[^\n]*
    |(?P<string>"(?:\\"|[^"])*"|'(?:\\'|[^'])*')
    |(?P<arrow>=>)|(?P<mark>[{}\[\],])
    |(?P<number>-?\d+(?:\.\d+)?)
    |(?P<word>[A-Za-z_][A-Za-z0-9_-]*)""",
    re.VERBOSE,
)


def parse(text: str) -> dict[str, list[Plugin]]:
    """Section (input, filter, output) → its plugins in order, each with its options. ValueError for anything else."""
    reader = _Reader(text)
    sections: dict[str, list[Plugin]] = {}
    while reader.at is not None:
        name = reader.take("word")
        if name not in ("input", "filter", "output"):
            raise ValueError(f"no section {name}")
        reader.mark("{")
        plugins = sections.setdefault(name, [])
        while not reader.is_mark("}"):
            plugins.append((reader.take("word"), reader.options()))
        reader.mark("}")
    return sections


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        place = 0
        while place < len(text):
            result = TOKEN.match(text, place)
            if result is None:
                raise ValueError(f"unexpected {text[place : place + 20]!r}")
            if result.lastgroup:
                self._tokens.append((result.lastgroup, result[0]))
            place = result.end()
        self._next = 0

    @property
    def at(self) -> tuple[str, str] | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def is_mark(self, mark: str) -> bool:
        return self.at == ("mark", mark)

    def take(self, kind: str) -> str:
        if self.at is None or self.at[0] != kind:
            raise ValueError(f"{kind} expected, not {self.at}")
        self._next += 1
        return self._tokens[self._next - 1][1]

    def mark(self, mark: str) -> None:
        if (result := self.take("mark")) != mark:
            raise ValueError(f"{mark} expected, not {result}")

    def options(self) -> dict[str, Any]:
        self.mark("{")
        result: dict[str, Any] = {}
        while not self.is_mark("}"):
            name = self.take("word")
            if name in result:
                raise ValueError(f"{name} twice")
            self.take("arrow")
            result[name] = self.value()
        self.mark("}")
        return result

    def value(self) -> Any:  # noqa: ANN401  # whatever the option holds
        if self.is_mark("["):
            return self._list()
        if self.is_mark("{"):
            return self._hash()
        kind, text = self.at or ("", "")
        self._next += 1
        if kind == "string":
            return text[1:-1]
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind == "word" and self.is_mark("{"):
            return text, self.options()  # a codec
        if kind == "word":
            return {"true": True, "false": False}.get(text, text)
        raise ValueError(f"a value expected, not {text!r}")

    def _list(self) -> list[Any]:
        self.mark("[")
        result = []
        while not self.is_mark("]"):
            result.append(self.value())
            if self.is_mark(","):
                self.mark(",")
        self.mark("]")
        return result

    def _hash(self) -> dict[str, Any]:
        self.mark("{")
        result = {}
        while not self.is_mark("}"):
            key = self.value()
            self.take("arrow")
            result[key] = self.value()
        self.mark("}")
        return result
