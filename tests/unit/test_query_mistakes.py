"""Mistakes in the YAML of the query library are named with their line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError
from generator.registry import queries

if TYPE_CHECKING:
    from pathlib import Path


def test_a_mistake_names_its_line(tmp_path: Path) -> None:
    """An unknown name in a column, and a key that is none."""
    text = (queries.FOLDER / "daily-cost.yaml").read_text(encoding="utf-8")
    (tmp_path / "x.yaml").write_text(text.replace("cost / 1e9", "costs / 1e9") + "colums: {}\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"x\.yaml:\d+"):
        queries.load(tmp_path)
    (tmp_path / "x.yaml").write_text(text.replace("cost / 1e9", "costs / 1e9"), encoding="utf-8")
    with pytest.raises(UserError, match="costs is none of calls, cost, day, failed"):
        queries.load(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("day:\n    date_histogram", "day: x\n  other:\n    date_histogram", 'x.yaml:6: day is not a mapping: "x"'),
        ("{sum: {field: holysheep.cost.total_nano}}", "5", "x.yaml:9: cost is not a mapping: 5"),
        ("{sum: {field: holysheep.cost.total_nano}}", "{sum: x}", 'x.yaml:9: sum is not a mapping: "x"'),
        ("{sum: {field: holysheep.cost.total_nano}}", "{percentiles: {percents: 5}}", "cost: percents is not a list"),
        ("title: ", "title: a {foo} b, ", "x.yaml:1: title: {foo} is no placeholder, known here are prefix, zone"),
        ("{prefix}", "{prefx}", "{prefx} is no placeholder, did you mean prefix?"),
        ("  USD:", "  '{usd}':", "{usd} is no placeholder"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(old: str, new: str, message: str, tmp_path: Path) -> None:
    """Whatever stands where an aggregation belongs, and placeholders that nothing fills in."""
    text = (queries.FOLDER / "daily-cost.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "x.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UserError) as error:
        queries.load(tmp_path)
    assert message in str(error.value)


def test_a_ranking_names_columns(tmp_path: Path) -> None:
    """Both of what a list compares, and what the best rows are ranked by."""
    for name, old, new, told in (
        ("busiest-minutes", "limits: model", "limits: modell", "limits: modell is none of model, minute"),
        ("busiest-minutes", "limits: model\n", "", "Of RPM: rpm is none of calls, input, minute, model, output"),
        (
            "busiest-minutes",
            "by: Calls",
            "by: Call",
            "best: Call is none of Model, Minute, Calls, Tokens, Refused, Of RPM",
        ),
        ("imbalanced-calls", "  Output: gen_ai.usage.output_tokens\n", "", "above: both of its fields must be among"),
    ):
        text = (queries.FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
        assert old in text
        (tmp_path / "x.yaml").write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(UserError, match=told):
            queries.load(tmp_path)
