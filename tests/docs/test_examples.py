"""The examples of README and docs are run, page by page, in a scratch copy of the checkout.

A command runs unless NOT_RUN names a reason; one that needs what `make up` starts has to say so. A YAML block is put
into the file that it is for, and rendered.
"""

from __future__ import annotations

import hmac
import json
import re
from typing import TYPE_CHECKING, Final

import pytest
import yaml

from generator.errors import UserError
from runner.host import maven
from tests import javas
from tests.docpages import PAGES, Block, blocks, inline_commands, is_ours, name_of, shell_lines, words_of
from tests.docs import checkout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: Commands that are not run here, by a regular expression, and why. test_docs parses them all the same.
NOT_RUN: Final = {
    r"(make|holysheep-elk|-m runner) (up|down|status|logs|report|backup|restore|clean|upgrade|user)\b": "needs a stack",
    r"holysheep-elk (seal|verify|evidence)\b": "needs a stack",
    r"(make|holysheep-elk|-m runner) (import-dashboards|export-dashboards)\b": "needs a Kibana",
    r"holysheep-elk classify\b": "needs an Elasticsearch, and a model",
    r"holysheep-elk sentry\b": "needs an Elasticsearch with errors, and a Sentry",
    r"holysheep-elk prices diff gateway\b": "needs a gateway",
    r"(make|holysheep-elk) doctor\b": "finds what this machine lacks",
    r"holysheep-elk digests\b|^(docker|xargs|sudo) ": "needs Docker, or is for an administrator",
    r"^make (dev|test|bench|soak|lint|lock|setup)\b|pytest|tests\.bench|\.ci/stack": "runs or installs for minutes",
    r"^(curl|pip|npm|node|java|export|opentelemetry-instrument) |^HOLYSHEEP_API_KEY": "is for the user's application",
    r"^(aws|openssl rand|mv \.state\S*) ": "is for an administrator",
    r"^\$EDITOR|^git checkout|^sed -i": "is an edit by hand",
}
#: What a command says that needs what `make up` starts: it understood its options, and ends with 2.
NOT_STARTED: Final = ("no Elasticsearch of this checkout runs", "nothing was started here")
#: `prices diff` says by its exit code that the lists differ.
EXIT_1: Final = re.compile(r"holysheep-elk prices diff\b")
#: tests/unit/test_prices_page.py runs these.
RUN_ELSEWHERE: Final = frozenset({"docs/prices.md"})
JRUBY: Final = re.compile(r"holysheep-elk process\b")

#: Where a YAML block belongs, by how it begins.
YAML: Final[dict[str, Callable[[Path, str], None]]] = {
    "name: billing": checkout.edit("generator/registry/sources/billing.yaml", lambda old: old + "BLOCK"),
    "metadata: {": checkout.edit("generator/registry/sources/billing.yaml", lambda old: old + "BLOCK"),
    "alerts:": checkout.edit("pricing.yaml", lambda old: old.replace("\nmodels:\n", "\nBLOCK\nmodels:\n")),
    "index_prefix:": checkout.edit("pricing.yaml", lambda old: old.replace("index_prefix: holysheep\n", "BLOCK\n")),
    "models:": checkout.edit("pricing.yaml", lambda old: old.replace("\nmodels:\n", "\nBLOCK")),
    # The shipped card keeps calls for three years: with HIPAA's six it would be refused, as the page says.
    "privacy:": checkout.edit("pricing.yaml", lambda old: old.replace("  user_ids: keep\n", "  user_ids: hmac\n")),
    "compliance:": checkout.edit(
        "pricing.yaml",
        lambda old: old.replace("\nretention_days:", "\nBLOCK\nretention_days:").replace(": 1095", ": 2190"),
    ),
    "retention_days:": checkout.edit(
        "pricing.yaml", lambda old: re.sub(r"(?ms)^retention_days:.*?(?=^\S)", "BLOCK\n", old, count=1)
    ),
    # Prometheus reads these two; nothing here does.
    "scrape_configs:": lambda _, text: yaml.safe_load(text),
    "groups:": lambda _, text: yaml.safe_load(text),
    "- id: cost-by-team": checkout.edit(
        "generator/registry/dashboards/cost.yaml", lambda old: old.rstrip() + "\nBLOCK"
    ),
    "- {vendor: ": checkout.edit(
        "generator/registry/masks.yaml", lambda old: old.replace("\nkeys:\n", "\nkeys:\nBLOCK")
    ),
}


def reason_not_to_run(line: str) -> str | None:
    """Why a command is not run; None if it is."""
    command = re.sub(r"^([A-Z_]+=\S+ )+", "", line.strip())
    return next((reason for pattern, reason in NOT_RUN.items() if re.search(pattern, command)), None)


def steps(page: Path) -> Iterator[Block]:
    """The YAML blocks and the commands of a page in the order of a reader; commands of the running text come last.

    Blocks are run as they are. The running text calls the program by its short name.
    """
    for block in blocks(page):
        if block.language == "yaml":
            yield block
        for line in shell_lines(block):
            yield Block("sh", line)
    for line in inline_commands(page):
        if is_ours(words_of(line)):
            yield Block("sh", re.sub(r"^holysheep-elk ", ".venv/bin/holysheep-elk ", line))


def runnable(page: Path) -> list[Block]:
    """The steps of a page that are run, each once."""
    return [step for step in dict.fromkeys(steps(page)) if step.language == "yaml" or not reason_not_to_run(step.text)]


def pages() -> list[tuple[Path, list[Block]]]:
    """Each page with its steps. A page that changes no file leaves out what an earlier such page runs."""
    result: list[tuple[Path, list[Block]]] = []
    earlier: set[tuple[str, ...]] = set()
    for page in PAGES:
        new_steps = [] if name_of(page) in RUN_ELSEWHERE else runnable(page)
        if all(step.language == "sh" for step in new_steps):
            new_steps = [step for step in new_steps if tuple(words_of(step.text)) not in earlier]
            earlier |= {tuple(words_of(step.text)) for step in new_steps}
        if new_steps:
            result.append((page, new_steps))
    return result


def require_jruby() -> None:
    """Skip where the filter can't run."""
    try:
        javas.chosen()
        maven.fetch(maven.JRUBY)
    except UserError as error:
        pytest.skip(str(error))


@pytest.mark.jruby
@pytest.mark.parametrize(("page", "page_steps"), [pytest.param(*entry, id=name_of(entry[0])) for entry in pages()])
def test_the_examples_of_a_page_run(page: Path, page_steps: list[Block], tmp_path: Path) -> None:
    """Every step succeeds, and all blocks of YAML are rendered."""
    if any(JRUBY.search(step.text) for step in page_steps):
        require_jruby()
    checkout.make(tmp_path)
    for step in page_steps:
        if step.language == "yaml":
            put = next((put for start, put in YAML.items() if step.text.lstrip().startswith(start)), None)
            assert put is not None, f"{name_of(page)}: say in YAML where this block belongs:\n{step.text}"
            put(tmp_path, step.text)
            command, expected = "make render", 0
        else:
            command, expected = step.text, 1 if EXIT_1.search(step.text) else 0
        result = checkout.run(tmp_path, command)
        if result.returncode == 2 and any(text in result.stderr for text in NOT_STARTED):
            continue
        output = (result.stdout + result.stderr)[-2000:]
        assert result.returncode == expected, f"{name_of(page)}: {command} ended with {result.returncode}\n{output}"


def test_the_hash_of_a_text_is_the_filters(tmp_path: Path) -> None:
    """The command of docs/privacy.md prints what the filter writes: 16 hex digits of the HMAC-SHA256."""
    page = next(page for page in PAGES if page.name == "privacy.md")
    command = next(step.text for step in steps(page) if "openssl" in step.text)
    checkout.make(tmp_path)
    expected = hmac.new(b"key", b"the text", "sha256").hexdigest()[:16]
    assert checkout.run(tmp_path, command).stdout.strip() == expected


def test_every_reason_not_to_run_is_used() -> None:
    """A reason that holds for no command of the docs is left over."""
    reasons = {reason_not_to_run(step.text) for page in PAGES for step in steps(page) if step.language == "sh"}
    assert set(NOT_RUN.values()) - reasons == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_python_compiles_and_json_is_json(page: Path) -> None:
    """Blocks of Python compile; in the other blocks, a line that is an object is JSON."""
    for block in blocks(page):
        if block.language == "python":
            compile(block.text, name_of(page), "exec")
        if block.language in ("json", "console"):
            for line in block.text.splitlines():
                if line.startswith("{"):
                    json.loads(line)
