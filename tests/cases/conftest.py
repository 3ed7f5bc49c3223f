"""One filter for all cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError
from tests.filterrun import Filter, Json, jruby, rules

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def command() -> list[str]:
    """How JRuby is started; skips where it can't be."""
    try:
        return jruby()
    except UserError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def case_rules() -> Json:
    """The rules of the cases' own price card."""
    return rules(HERE / "pricing.yaml")


@pytest.fixture(scope="session")
def rules_file(case_rules: Json, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of those rules."""
    file = tmp_path_factory.mktemp("rules") / "rules.json"
    file.write_text(json.dumps(case_rules), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def live_filter(command: list[str], rules_file: Path) -> Iterator[Filter]:
    """The filter with those rules; the same process for the whole session."""
    running = Filter(command, rules_file)
    yield running
    running.close()
