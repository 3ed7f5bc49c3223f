"""What README and docs tell people to type is understood by the program that they would type it to."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import Final

import pytest
import yaml

from generator import card as cards
from generator import paths
from generator.dashboards import render
from generator.registry import sources
from runner import cli

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *(ROOT / "docs").glob("*.md")]
)
BLOCK: Final = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE: Final = re.compile(r"`([^`\n]+)`")
LINK: Final = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PROGRAM: Final = ("holysheep-elk", ".venv/bin/holysheep-elk")
MODULE: Final = (".venv/bin/python", "-m", "runner")


def lines_of(page: Path) -> list[str]:
    """Command lines: of shell blocks, and those in running text that begin with the program or with make."""
    text = page.read_text(encoding="utf-8")
    lines = [line for kind, body in BLOCK.findall(text) if kind in ("sh", "bash") for line in body.splitlines()]
    inline = INLINE.findall(BLOCK.sub("", text))
    return lines + [line for line in inline if line.split(" ")[0] in (*PROGRAM, "make") and " " in line]


def words_of(line: str) -> list[str]:
    """The words of a command without its variables and its comment; what follows a pipe or a semicolon is dropped."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|;&<>")
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:
        return []
    cut = next((at for at, word in enumerate(words) if word and set(word) <= set("|;&<>")), len(words))
    words = words[:cut]
    while words and re.match(r"[A-Z_]+=", words[0]):
        words.pop(0)
    return words


def commands() -> list[tuple[str, list[str]]]:
    """(page, words) of each command line that calls the program or make."""
    result = []
    for page in PAGES:
        for line in lines_of(page):
            words = words_of(line)
            if words and (words[0] in (*PROGRAM, "make") or tuple(words[:3]) == MODULE):
                result.append((str(page.relative_to(ROOT)), words))
    return result


@pytest.mark.parametrize(
    ("page", "words"), commands(), ids=lambda value: " ".join(value) if isinstance(value, list) else value
)
def test_a_documented_command_is_understood(page: str, words: list[str]) -> None:
    """A make target is in the Makefile; a command's options are in its parser. Nothing is run."""
    if words[0] == "make":
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
        requested = {word for word in words[1:] if "=" not in word and not word.startswith("-")}
        assert requested & targets or not requested, f"{page}: make {requested}"
        return
    arguments = words[3:] if tuple(words[:3]) == MODULE else words[1:]
    if any("…" in word or word.startswith("[") for word in arguments):
        pytest.skip("the text leaves something out of the command")
    try:
        cli.build_parser(arguments[0]).parse_args(arguments)
        code: object = 0
    except SystemExit as ended:
        # `--version` and `--help` end the program with 0.
        code = ended.code
    assert code == 0, f"{page}: {' '.join(words)} is not understood"


def test_links_between_pages_lead_somewhere() -> None:
    """A relative link names a file that is there."""
    missing = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert missing == []


def test_the_model_of_the_how_to_is_accepted_by_the_card(tmp_path: Path) -> None:
    """The YAML of docs/add-a-model.md below `models:` of the real card."""
    blocks = BLOCK.findall((ROOT / "docs" / "add-a-model.md").read_text(encoding="utf-8"))
    model = next(body for kind, body in blocks if kind == "yaml" and "- id:" in body)
    entries = yaml.safe_load(model.removeprefix("models:\n"))
    card = tmp_path / "pricing.yaml"
    indented = "\n".join(f"  {line}" if line.strip() else line for line in yaml.safe_dump(entries).splitlines())
    card.write_text(paths.PRICING.read_text(encoding="utf-8").rstrip() + "\n" + indented + "\n", encoding="utf-8")
    loaded = cards.load(card)
    assert {entry["id"] for entry in entries} <= {entry.id for entry in loaded.models}


def example(page: str, start: str) -> str:
    """The YAML block of a page of docs/ that begins with this text."""
    blocks = BLOCK.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))
    return next(body for kind, body in blocks if kind == "yaml" and body.lstrip().startswith(start))


def test_the_source_of_the_how_to_is_accepted(tmp_path: Path) -> None:
    """The YAML of docs/add-a-log-source.md beside the bundle's own sources: no wrong key, no slot that nobody knows."""
    folder = shutil.copytree(ROOT / "generator" / "registry" / "sources", tmp_path / "sources")
    (folder / "billing.yaml").write_text(example("add-a-log-source.md", "name: billing"), encoding="utf-8")
    assert "billing" in {file.source.name for file in sources.load_folder(folder)}


def test_the_panel_of_the_how_to_is_accepted(tmp_path: Path) -> None:
    """The YAML of docs/add-a-panel.md as a panel of the cost dashboard: its fields, formula and filter are checked."""
    folder = shutil.copytree(ROOT / "generator" / "registry", tmp_path / "registry")
    panel = example("add-a-panel.md", "- id: cost-by-team")
    file = folder / "dashboards" / "cost.yaml"
    file.write_text(file.read_text(encoding="utf-8").rstrip() + "\n" + panel, encoding="utf-8")
    boards = render.prepare(cards.load(paths.PRICING), folder)
    cost = next(board for board in boards.sources if board.slug == "cost")
    assert cost.dashboard.panels[-1].id == "cost-by-team"
