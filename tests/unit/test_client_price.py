"""The client's price package by itself: standard library alone, its own default card, and what it refuses."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from generator import card as cards
from generator.card.rules import price_part
from holysheep.price import Pricer, RulesError, default_rules, read_rules

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "client" / "holysheep" / "price"
ALONE = """
import sys
sys.path.append(sys.argv[1])
from holysheep.price import Call, Pricer, default_rules, usd
outcome = Pricer(default_rules()).price(Call("openai/gpt-4.1-2025-04-14", 1736937000000, input=150, output=320))
print(outcome.status, usd(outcome.cost.total))
print(sorted({name.partition(".")[0] for name in sys.modules} & {"pydantic", "yaml", "generator", "site"}))
"""


def test_it_needs_the_standard_library_alone() -> None:
    """An interpreter without site-packages and without this checkout prices a call: 470 tokens at 8 USD a million."""
    command = [sys.executable, "-I", "-S", "-c", ALONE, str(ROOT / "client")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["priced 0.00376", "[]"]


def test_it_imports_the_standard_library_alone() -> None:
    """Every import of every file of the package, even one within a function, is the standard library or the package."""
    imported = {
        name.partition(".")[0]
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    # typing_extensions is for the type check alone, as the interpreter without site-packages above shows.
    assert imported - sys.stdlib_module_names == {"holysheep", "typing_extensions"}


def test_the_default_card_is_the_one_of_the_repository() -> None:
    """prices.json holds the price part of pricing.yaml, and nothing of budgets, privacy or latency."""
    rules = default_rules()
    assert rules == json.loads(json.dumps(price_part(cards.load(ROOT / "pricing.yaml"))))
    assert sorted(rules) == ["families", "models", "names", "patterns", "price_by", "version"]


def test_the_filters_rules_are_read_too() -> None:
    """rules.json of the filter has the same prices under the same version."""
    assert read_rules(ROOT / "logstash" / "rules" / "rules.json") == default_rules()
    assert Pricer(default_rules())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[]", "is not an object"),
        ("{", "is not JSON"),
        ('{"version": "1", "names": {}}', "has no price_by, families, models"),
    ],
)
def test_a_file_that_holds_no_prices_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    """The complaint names the file and what is wrong with it."""
    path = tmp_path / "rules.json"
    path.write_text(text)
    with pytest.raises(RulesError, match=complaint) as raised:
        read_rules(path)
    assert str(raised.value).startswith(str(path))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """The complaint names the file."""
    with pytest.raises(RulesError, match="No such file"):
        read_rules(tmp_path / "absent.json")
