from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from generator import paths
from generator.errors import UserError
from generator.render import check, write
from runner.cli import main

if TYPE_CHECKING:
    from pathlib import Path

FILES = {"kibana/a.ndjson": "{}\n", "logstash/logstash.yml": "a: ä\n"}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder in the rendered state."""
    write.write(FILES, tmp_path)
    return tmp_path


def findings_in(tree: Path) -> list[tuple[str, str]]:
    """What check says."""
    return [(finding.path, finding.what) for finding in check.compare(FILES, tree)]


def test_a_rendered_tree_is_clean(tree: Path) -> None:
    """What was just written is neither missing, different nor stray, and is UTF-8 with LF."""
    assert findings_in(tree) == []
    assert (tree / "logstash/logstash.yml").read_bytes() == "a: ä\n".encode()


def test_missing_different_and_stray_files_are_named(tree: Path) -> None:
    """Each kind of drift has its word, in order of the paths."""
    (tree / "kibana/a.ndjson").unlink()
    (tree / "kibana/old.ndjson").write_text("{}\n")
    (tree / "logstash/logstash.yml").write_bytes("a: ä\r\n".encode())
    assert findings_in(tree) == [
        ("kibana/a.ndjson", "missing"),
        ("kibana/old.ndjson", "stray"),
        ("logstash/logstash.yml", "different"),
    ]


def test_a_stray_may_be_a_link_or_deep(tree: Path) -> None:
    """Links, dead ones too, and files of subfolders are stray as well."""
    (tree / "kibana/dead").symlink_to("nowhere")
    (tree / "filebeat/inputs.d").mkdir(parents=True)
    (tree / "filebeat/inputs.d/old.yml").touch()
    assert findings_in(tree) == [("filebeat/inputs.d/old.yml", "stray"), ("kibana/dead", "stray")]


def test_files_of_hand_are_let_be(tree: Path) -> None:
    """Hidden files, and all files outside the wholly generated folders, are nobody's business."""
    for path in ("kibana/.gitkeep", "logstash/ruby/x.rb", "docs/own.md", "README.md"):
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).touch()
    assert findings_in(tree) == []


def test_writing_again_touches_nothing(tree: Path) -> None:
    """A file that is as it should be keeps its time, so that Logstash does not reload it."""
    before = {path: (tree / path).stat().st_mtime_ns for path in FILES}
    done = write.write(FILES, tree)
    assert (done.changed, done.removed, done.same) == ((), (), len(FILES))
    assert before == {path: (tree / path).stat().st_mtime_ns for path in FILES}


def test_writing_repairs_all_drift(tree: Path) -> None:
    """Missing and different files are written, stray ones removed, and what was done is told."""
    (tree / "kibana/a.ndjson").unlink()
    (tree / "kibana/old.ndjson").touch()
    done = write.write(FILES, tree)
    assert (done.changed, done.removed) == (("kibana/a.ndjson",), ("kibana/old.ndjson",))
    assert findings_in(tree) == []


def test_what_cant_be_written_leaves_the_old_tree_whole(tree: Path) -> None:
    """When one file can't be put in place, no other has been changed, and no temporary file is left."""
    before = sorted(tree.rglob("*"))
    blocked = {"kibana/a.ndjson": "new\n", "logstash/logstash.yml/inner": "x\n"}
    with pytest.raises(UserError, match="can't be written"):
        write.write(blocked, tree)
    assert (tree / "kibana/a.ndjson").read_text() == FILES["kibana/a.ndjson"]
    assert sorted(tree.rglob("*")) == before


def test_a_mistake_in_the_card_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`render` with a wrong pricing.yaml exits with 2 and leaves the folder empty."""
    wrong = tmp_path / "pricing.yaml"
    wrong.write_text(paths.PRICING.read_text(encoding="utf-8") + "typo: 1\n", encoding="utf-8")
    monkeypatch.setattr(paths, "PRICING", wrong)
    out = tmp_path / "out"
    out.mkdir()
    assert main(["render", "--out", str(out)]) == 2
    assert list(out.iterdir()) == []


def test_check_exits_with_1_and_names_the_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """After `render --out`, `check` is silent with 0; after a file is gone it exits with 1, as table and as JSON."""
    assert main(["render", "--out", str(tmp_path)]) == 0
    assert main(["check", "--out", str(tmp_path)]) == 0
    shutil.rmtree(tmp_path / "elasticsearch" / "roles")
    capsys.readouterr()
    assert main(["check", "--out", str(tmp_path), "--json"]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    roles = ["alerter", "auditor", "eraser", "finance", "operator", "reader", "rollup", "sealer", "writer"]
    assert [(finding["path"].rpartition("/")[2], finding["what"]) for finding in findings] == [
        (f"holysheep_{role}.json", "missing") for role in roles
    ]
    assert main(["check", "--out", str(tmp_path)]) == 1
    assert "elasticsearch/roles/holysheep_reader.json" in capsys.readouterr().out
