"""The sample logs: the same on every run, and made by the filter into exactly what expected.yaml says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.documents import INDEX, stray_fields
from tests.filterrun import ROOT
from tests.samples import calls, make_samples

if TYPE_CHECKING:
    from tests.filterrun import Filter, Json

SAMPLES = ROOT / "tests" / "samples"
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((SAMPLES / "expected.yaml").read_text(encoding="utf-8"))


def kind(document: Json) -> str:
    """`api` of holysheep-api-2025.01.15."""
    result = INDEX.fullmatch(document["_index"])
    assert result, document["_index"]
    return result[1]


def documents_of(live_filter: Filter, path: str) -> list[Json]:
    """All documents of a sample file."""
    lines = (SAMPLES / path).read_bytes().splitlines()
    assert len(lines) == EXPECTED[path]["lines"]
    return [document for result in live_filter.run(EXPECTED[path]["source"], lines) for document in result]


def test_the_samples_are_as_their_script_writes_them() -> None:
    """Making the samples anew gives the same bytes, and no file is left over."""
    rendered = make_samples.make()
    assert {path: (SAMPLES / path).read_text(encoding="utf-8") for path in rendered} == rendered
    files = {str(file.relative_to(SAMPLES)) for file in SAMPLES.rglob("*.*") if file.is_file()}
    # The code beside them.
    assert {name for name in files if ".py" not in name and name != ".gitattributes"} == set(rendered)


def test_the_export_lines_of_the_document_are_there_verbatim() -> None:
    """The first five webhook lines are those of the first document."""
    lines = (SAMPLES / "webhook" / "export.log").read_text(encoding="utf-8").splitlines()
    assert tuple(lines[:5]) == calls.FIVE


@pytest.mark.jruby
@pytest.mark.parametrize("path", sorted(EXPECTED))
def test_a_sample_file_becomes_what_is_expected(live_filter: Filter, path: str) -> None:
    """Documents by index, rejected lines by reason, calls by price status, and the total cost, all exact."""
    documents = documents_of(live_filter, path)
    expected = EXPECTED[path]
    parts = [document["_source"]["holysheep"] for document in documents]
    charged = [part for part, document in zip(parts, documents, strict=True) if kind(document) == "api"]
    assert Counter(map(kind, documents)) == expected["documents"]
    assert Counter(part["rejected"]["reason"] for part in parts if "rejected" in part) == expected["rejected"]
    assert Counter(part["cost"]["status"] for part in charged) == expected["calls"]
    assert sum(part["cost"].get("total_nano", 0) for part in charged) == expected["total_nano"]
    assert [stray for document in documents for stray in stray_fields(document)] == []


@pytest.mark.jruby
def test_sample_documents_have_ids_of_their_own(live_filter: Filter) -> None:
    """No two documents of an index share an id, so that the counts in Elasticsearch are those of expected.yaml."""
    ids = Counter(
        (document["_index"], document["_id"]) for path in EXPECTED for document in documents_of(live_filter, path)
    )
    assert [which for which, count in ids.items() if count > 1] == []


def test_the_samples_are_where_filebeat_looks() -> None:
    """Every sample file fits a path of its source in the registry."""
    folder = ROOT / "generator" / "registry" / "sources"
    for path, expected in EXPECTED.items():
        source = yaml.safe_load((folder / f"{expected['source']}.yaml").read_text(encoding="utf-8"))
        # Filebeat's `**` is also no folder at all; Path.match of Python 3.11 takes it for one.
        globs = [glob.replace("/**/", "/") for glob in source["filebeat"]["paths"]]
        assert any(Path(path).match(glob) for glob in globs), path
