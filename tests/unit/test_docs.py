"""What README and docs tell people to type is understood by the program that they would type it to."""

from __future__ import annotations

import re

import pytest

from runner import cli
from runner.host.jdk import VERSIONS
from tests.docpages import MODULE, PAGES, ROOT, blocks, inline_commands, is_ours, links, name_of, shell_lines, words_of


def commands() -> list[tuple[str, list[str]]]:
    """(page, words) of each command line that calls the program or make."""
    return [
        (name_of(page), words)
        for page in PAGES
        for line in [*(line for block in blocks(page) for line in shell_lines(block)), *inline_commands(page)]
        if is_ours(words := words_of(line))
    ]


@pytest.mark.parametrize(
    ("page", "words"), commands(), ids=lambda value: " ".join(value) if isinstance(value, list) else value
)
def test_a_documented_command_is_understood(page: str, words: list[str]) -> None:
    """A make target is in the Makefile; a command's options are in its parser. tests/docs runs those that can run."""
    if words[0] == "make":
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
        requested = {word for word in words[1:] if "=" not in word and not word.startswith("-")}
        assert requested & targets or not requested, f"{page}: make {requested}"
        return
    arguments = words[3:] if tuple(words[:3]) == MODULE else words[1:]
    if any("…" in word or word.startswith("[") for word in arguments):
        pytest.skip("the text leaves something out of the command")
    if "billing" in arguments:
        pytest.skip("the source of the how-to, which tests/docs adds before it runs this")
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
        f"{name_of(page)}: {target}" for page in PAGES for target in links(page) if not (page.parent / target).exists()
    ]
    assert missing == []


#: A file of the repository in a comment or a page. NAME stands for any name.
FILE = re.compile(r"(?<![\w./-])(?:logstash|runner|generator|client|tests|docs|compose)/[\w./-]+\.(?:py|rb|md)\b")


def test_files_that_comments_and_pages_name_are_there() -> None:
    """A file that was renamed is renamed where it is named, too."""
    folders = (("client", "*.py"), ("generator", "*.py"), ("runner", "*.py"), ("logstash", "*.rb"), ("docs", "*.md"))
    gone = {
        f"{path.relative_to(ROOT)}: {name}"
        for folder, kind in folders
        for path in (ROOT / folder).rglob(kind)
        for name in FILE.findall(path.read_text(encoding="utf-8"))
        if "NAME" not in name and not (ROOT / name).is_file()
    }
    assert gone == set()


def test_the_embedded_modes_variables_are_documented() -> None:
    """Every variable that its code reads is in the table, with the versions that it may name."""
    code = [ROOT / "generator" / "paths.py", *(ROOT / "runner" / "host").glob("*.py")]
    code += (ROOT / "runner" / "runtimes" / "embedded").glob("*.py")
    read = {name for path in code for name in re.findall(r'"(HOLYSHEEP_[A-Z_]+)"', path.read_text(encoding="utf-8"))}
    page = (ROOT / "docs" / "embedded.md").read_text(encoding="utf-8")
    assert "HOLYSHEEP_ES_PORT" in read
    assert {name for name in read if f"`{name}`" not in page} == set()
    assert [version for version, java in VERSIONS.items() if f"{version} (Java {java})" not in page] == []
