"""README and docs as data: their code blocks, their links, and the command lines in them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *(ROOT / "docs").glob("*.md")]
)
PROGRAM: Final = ("holysheep-elk", ".venv/bin/holysheep-elk")
MODULE: Final = (".venv/bin/python", "-m", "runner")
_BLOCK: Final = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE: Final = re.compile(r"`([^`\n]+)`")
_LINK: Final = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


class Block(NamedTuple):
    """A fenced code block: its language (empty for none) and its text."""

    language: str
    text: str


def name_of(page: Path) -> str:
    """The page's path in the checkout."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    """The code blocks of a page, in their order."""
    return [Block(*match) for match in _BLOCK.findall(page.read_text(encoding="utf-8"))]


def links(page: Path) -> list[str]:
    """The targets of relative links."""
    return [target for target in _LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]


def shell_lines(block: Block) -> list[str]:
    """The command lines of a shell block; a line that ends in a backslash is joined with the next."""
    if block.language not in ("sh", "bash"):
        return []
    return [line for line in block.text.replace("\\\n", " ").splitlines() if line.strip()]


def inline_commands(page: Path) -> list[str]:
    """Commands in running text that begin with the program or with make, and have an argument."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    return [line for line in _INLINE.findall(text) if line.split(" ")[0] in (*PROGRAM, "make") and " " in line]


def words_of(line: str) -> list[str]:
    """The words of a command without its variables and its comment; what follows a pipe or a semicolon is dropped."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|;&<>")
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:
        return []
    end = next((at for at, word in enumerate(words) if word and set(word) <= set("|;&<>")), len(words))
    words = words[:end]
    while words and re.match(r"[A-Z_]+=", words[0]):
        words.pop(0)
    return words


def is_ours(words: list[str]) -> bool:
    """Whether the command is the program or make."""
    return bool(words) and (words[0] in (*PROGRAM, "make") or tuple(words[:3]) == MODULE)
