from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from generator import card as cards
from generator import paths
from generator.errors import UserError
from generator.render import registry, render, rules, text
from generator.render.bundle import OWNED

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = ['"} ruby { code => "x"', "%{x}", "${HOME}", "{{ 1 }}", "'; rm -rf / #", "<script>", "a\\u0022b", "名\\"]
CODE = """
import hashlib, sys
from generator import card, paths
from generator.render import render
for path, text in render(card.load(paths.PRICING)).items():
    print(path, hashlib.sha256(text.encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def card() -> cards.Card:
    """The card of the bundle."""
    return cards.load(paths.PRICING)


@pytest.fixture(scope="module")
def files(card: cards.Card) -> dict[str, str]:
    """All that it renders."""
    return render(card)


def hostile(card: cards.Card) -> cards.Card:
    """The card with model names that would be code in some format, were they not data."""
    data: dict[str, Any] = {**card.model_dump(by_alias=True, exclude_none=True)}
    # A card's numbers and dates come from YAML; they pass as texts too.
    plain = json.loads(json.dumps(data, default=str))
    model = plain["models"][0]
    plain["models"] = [*plain["models"], *({**model, "id": name, "aliases": [], "patterns": []} for name in HOSTILE)]
    return cards.build(plain)


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "0"},
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Asia/Kathmandu"},
        {"PYTHONHASHSEED": "2", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "0", "TZ": "America/St_Johns"},
    ],
)
def test_every_machine_renders_the_same_bytes(
    environment: dict[str, str], files: dict[str, str], tmp_path: Path
) -> None:
    """Hash seed, locale, time zone and current folder change no byte and no order of what is rendered."""
    seen = subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=tmp_path,
        env={**os.environ, "HOLYSHEEP_HOME": str(paths.ROOT), **environment},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    assert seen == [f"{path} {hashlib.sha256(text.encode()).hexdigest()}" for path, text in files.items()]


def test_files_end_with_one_line_feed(files: dict[str, str]) -> None:
    """Every file is LF only, ends with one, and has no path that leads out of the bundle."""
    for path, content in files.items():
        assert "\r" not in content, path
        assert content.endswith("\n"), path
        assert not path.startswith("/"), path
        assert ".." not in path.split("/"), path


def test_generated_files_say_so(files: dict[str, str]) -> None:
    """A file of text says in its head what to edit and to run `make render`; so does the _meta of a JSON body."""
    for path, content in files.items():
        if path.endswith((".yml", ".conf", ".md")):
            assert "make render" in "\n".join(content.splitlines()[:3]), path
        elif path.startswith("elasticsearch/"):
            assert "make render" in content, path


def test_json_is_sorted(files: dict[str, str]) -> None:
    """Every JSON file parses without duplicates and has its keys in order."""

    def ordered(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        assert keys == sorted(set(keys))
        return dict(pairs)

    for path, content in files.items():
        if path.endswith(".json"):
            json.loads(content, object_pairs_hook=ordered)


def test_a_model_name_is_data_everywhere(card: cards.Card, files: dict[str, str]) -> None:
    """Names that would be code in Ruby, Logstash, Jinja, shells or HTML change the two files of prices alone, as JSON
    strings, and the colours of charts by model.
    """
    other = render(hostile(card))
    changed = {path for path in files.keys() | other.keys() if files.get(path) != other.get(path)}
    prices = {rules.PATH, rules.CLIENT}
    assert {path for path in changed if not path.startswith("kibana/")} == prices
    assert all([json.loads(line) for line in other[path].splitlines()] for path in changed - prices)
    names = [model["id"] for model in json.loads(other[rules.PATH])["models"]]
    assert names[-len(HOSTILE) :] == HOSTILE


def test_the_index_prefix_is_followed(card: cards.Card) -> None:
    """With another prefix no rendered pattern, role or rule names an index of the old one."""
    other = render(card.model_copy(update={"index_prefix": "zebra"}))
    for path, content in other.items():
        for index in ("api", "errors", "audit", "access", "system", "rejected", "deadletter"):
            assert f"holysheep-{index}-" not in content.replace("holysheep-api-v", ""), path
    assert json.loads(other["elasticsearch/roles/holysheep_writer.json"])["indices"][0]["names"][0] == "zebra-api-*"


def test_rules_hold_both_parts(card: cards.Card) -> None:
    """rules.json is the card's prices and the registry's sources, one line a model."""
    content = render(card)[rules.PATH]
    data = json.loads(content)
    assert data == rules.rules(card)
    assert {"models", "names", "sources", "errors"} <= data.keys()
    assert sum('"prices": ' in line for line in content.splitlines()) == len(card.models)


def test_templates_name_the_line_that_fails(card: cards.Card, tmp_path: Path) -> None:
    """An unknown name or a broken tag in a template is told with the template's path and line."""
    (tmp_path / "x.yml.j2").write_text("# {{ generated }}\na: {{ nobody_knows }}\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"^templates/x\.yml\.j2.*nobody_knows"):
        text.files(card, registry.load(templates=tmp_path))
    (tmp_path / "x.yml.j2").write_text("a: 1\n{% if %}\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"^templates/x\.yml\.j2:2: "):
        text.files(card, registry.load(templates=tmp_path))


def test_wholly_generated_folders_hold_rendered_files(files: dict[str, str]) -> None:
    """Each folder whose strays are removed has files that are rendered into it."""
    for folder in OWNED:
        assert any(path.startswith(f"{folder}/") for path in files), folder
