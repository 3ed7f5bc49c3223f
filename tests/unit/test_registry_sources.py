"""A mistake in a log source's YAML, or in errors.yaml, is named with folder, file, line and what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator import yamltext
from generator.errors import UserError
from generator.registry import errors, sources
from generator.registry.slots import from_document, slots
from holysheep.otel import STEPS

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
name: billing
title: Lines of the billing proxy
format: json
own_id: true
detect: [[billing_ref, model]]
filebeat: {paths: ["billing/*.log"]}
keys:
  id: [billing_ref]
  input: [usage.prompt]
"""


def refused(folder: Path, text: str, name: str = "billing") -> str:
    """What is said of a folder `sources` that holds the text as a source."""
    inside = folder / "sources"
    inside.mkdir(exist_ok=True)
    (inside / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        sources.load_folder(inside)
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("title:", "titel:", 2, 'unknown key "titel", did you mean title?'),
        ("own_id: true", "own_id: true\nown_id: false", 5, "'own_id' is here twice (first on line 4)"),
        ("  input:", "  inptu:", 9, "there is no slot 'inptu', did you mean input?"),
        ("format: json", "format: xml", 3, "format: "),
        ("name: billing", "name: bills", 1, "is named 'bills', write `name: billing`"),
        ("[[billing_ref, model]]", "[[]]", 5, "no key at all fits every line"),
        ("own_id: true", "own_id: maybe", 4, "own_id is neither true nor false"),
        ("format: json", "format: json\nusage: [usage]", 4, "usage is for JSON sources with common: false"),
        ("paths:", "pahts:", 6, 'unknown key "pahts", did you mean paths?'),
        ("  id: [billing_ref]", "  id: [billing_ref", 9, "is not valid YAML"),
    ],
)
def test_a_mistake_has_its_file_and_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    """Folder, file and line stand before what is wrong."""
    assert old in GOOD
    messages = refused(tmp_path, GOOD.replace(old, new, 1)).splitlines()
    assert any(text.startswith(f"sources/billing.yaml:{line}: ") and says in text for text in messages), messages


def test_all_mistakes_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    """Two wrong files are two lines of one error."""
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "first.yaml").write_text(GOOD.replace("title:", "titel:"), encoding="utf-8")
    message = refused(tmp_path, GOOD.replace("own_id: true", "own_id: maybe"))
    assert "sources/first.yaml:2: " in message
    assert "sources/billing.yaml:4: " in message


def test_two_sources_may_not_claim_the_same_lines(tmp_path: Path) -> None:
    """The same keys under `detect`, in any order, are refused in the second file."""
    (tmp_path / "sources").mkdir()
    other = GOOD.replace("name: billing", "name: accounts").replace("billing_ref, model", "model, billing_ref")
    (tmp_path / "sources" / "accounts.yaml").write_text(other, encoding="utf-8")
    assert refused(tmp_path, GOOD) == (
        "sources/billing.yaml:5: detect: billing_ref, model also marks a line of accounts, "
        "add a key that only this source has"
    )


def test_errors_yaml_names_the_line_of_a_mistake() -> None:
    """An unknown type, a status that is none, and a key that is there twice."""
    text = errors.PATH.read_text(encoding="utf-8")
    for old, new, says in (
        ("401: authentication_failure", "401: authentification_failure", "did you mean authentication_failure?"),
        ("  401: ", "  four: ", "four"),
        ("  408: timeout", "  401: timeout", "'401' is here twice"),
    ):
        assert old in text
        with pytest.raises(UserError) as caught:
            errors.from_document(yamltext.parse(text.replace(old, new, 1), "errors.yaml"))
        assert str(caught.value).startswith("errors.yaml:"), caught.value
        assert says in str(caught.value)


def test_a_slot_has_a_name_and_a_meaning() -> None:
    """What is no word of a-z, 0-9 and _, and a name without a meaning, are refused by line."""
    with pytest.raises(UserError) as caught:
        from_document(yamltext.parse("id: The id.\nEnd-Time: When.\nmodel:\n", "slots.yaml"))
    assert [line.split(",")[0] for line in str(caught.value).splitlines()] == [
        'slots.yaml:2: "End-Time" is no slot name',
        "slots.yaml:3: model has no meaning",
    ]
    assert slots()["input"] == "Prompt tokens, cached ones included."


@pytest.mark.parametrize("name", ["client", "otel"])
def test_pipeline_and_client_agree_on_steps(name: str) -> None:
    """What the client's exporter writes as a step is one, too, where its line or the span itself arrives."""
    rules = sources.source_rules()["sources"][name]["becomes"]
    operations = [rule["when"]["operation"] for rule in rules if rule["kind"] == "step" and "operation" in rule["when"]]
    assert [set(each) for each in operations] == [STEPS]
