"""The documented path on one real node: 8.19 to 9, with its documents and by the command itself."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.errors import UserError
from generator.paths import ROOT
from runner import cli
from runner.cluster.apply import apply
from runner.host import machine, maven
from runner.host.jdk import VERSIONS, choose, find
from runner.runtimes import choose as runtimes
from runner.runtimes.embedded import elasticsearch, place, process
from runner.runtimes.embedded.layout import Layout
from runner.upgrade import journal
from tests.integration.conftest import free_port
from tests.integration.test_backup import fill, ids

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration
NEW, OLD = VERSIONS
INDEX = "holysheep-api-2026.01.01"


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Layout]:
    """A node of the old version with documents, which the commands take for this checkout's."""
    try:
        choice = choose(find(), OLD)
        choose(find(), NEW)
        for version in VERSIONS:
            maven.fetch(maven.ELASTICSEARCH[version])
    except UserError as error:
        pytest.skip(str(error))
    # Not pytest's own folder: that is closed to the user as whom Elasticsearch runs when we are root.
    base = Path(tempfile.mkdtemp(prefix="holysheep-upgrade-"))
    base.chmod(0o755)
    code = place.base()

    def layout(version: str) -> Layout:
        return Layout(base, code, base / "secrets", version, machine.runner())

    def current() -> Layout | None:
        record = process.read(base / "elasticsearch.json")
        return layout(record.version) if record else None

    monkeypatch.setattr(place, "layout", layout)
    monkeypatch.setattr(place, "current", current)
    (tmp_path / "mode").write_text("embedded\n")
    monkeypatch.setattr(runtimes, "FILE", tmp_path / "mode")
    monkeypatch.setattr(journal, "FILE", tmp_path / "upgrade.json")
    monkeypatch.delenv("HOLYSHEEP_ES_VERSION", raising=False)
    monkeypatch.setenv("HOLYSHEEP_ES_HEAP", "512")
    monkeypatch.setenv("HOLYSHEEP_ES_PORT", str(free_port()))
    try:
        record = elasticsearch.start(layout(OLD), choice, print)
        with elasticsearch.client(layout(OLD), record.port) as es:
            apply(es, ROOT / "elasticsearch")
            fill(es, INDEX, range(50))
        yield layout(OLD)
    finally:
        if (running := current()) is not None:
            elasticsearch.stop(running, print)
        shutil.rmtree(base, ignore_errors=True)


def test_an_upgrade_needs_a_backup_keeps_every_document_and_has_no_way_back(
    old: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    """Refused without a backup, then done; a step back is refused with the way to go."""
    assert cli.main(["upgrade", NEW, "--json"]) == 1
    assert "there is no complete snapshot" in capsys.readouterr().out
    assert (old.base / "version").read_text().strip() == OLD
    assert cli.main(["backup", "--name", "before"]) == 0
    assert cli.main(["upgrade", NEW, "--check"]) == 0
    capsys.readouterr()
    assert cli.main(["upgrade", NEW, "--json"]) == 0
    message = json.loads(capsys.readouterr().out)
    assert message["versions"] == {"elasticsearch": NEW}
    assert message["documents"] == message["after"] == {"api": 50}
    record = process.read(old.record)
    assert record is not None
    assert record.version == NEW
    with elasticsearch.client(place.layout(NEW), record.port) as es:
        assert ids(es, INDEX) == {(INDEX, str(number)) for number in range(50)}
        # An old snapshot is read by the new version.
        assert cli.main(["restore", "before", "--rename"]) == 0
        assert len(ids(es, "restored-*")) == 50
    capsys.readouterr()
    assert cli.main(["upgrade", OLD, "--json"]) == 1
    step = json.loads(capsys.readouterr().out)["checks"][0]
    assert "step back" in step["what"]
    assert "restore --from" in step["hint"]
