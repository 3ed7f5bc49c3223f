"""The evidence of some days out of a real Elasticsearch: what is in it, its check, and that no secret is in it."""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from generator.paths import PRICING
from runner.cluster import changes
from runner.cluster.changes import Changed, Journal
from runner.compliance.seals import leaves
from runner.runtimes.embedded import secret
from tests.integration import people
from tests.integration.sealed import API_2, Sealed

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.integration, pytest.mark.newest]
DAY = "2025-03-09"


def unpacked(path: Path) -> dict[str, bytes]:
    """Every file of an archive."""
    with tarfile.open(path, "r:gz") as tar:
        return {item.name: tar.extractfile(item).read() for item in tar}  # type: ignore[union-attr]


def test_the_evidence_of_a_day(sealed: Sealed, tmp_path: Path) -> None:
    """Reports, chain, leaves and verify's words of that day, alerts, changes, card, hashes; no secret."""
    alerts = f"{sealed.node.prefix}_alerts"
    hook = "https://hooks.example.com/services/T000/B000/secret"
    for number, time in ((1, f"{DAY}T11:00:00Z"), (2, "2025-03-10T00:00:00Z")):
        fired = {"rule_name": f"rule-{number}", "alert_time": time, "alert_sent": True, "@timestamp": time}
        body = fired | {"alert_info": {"type": "slack", "url": hook}, "match_body": {"user": "user-1"}}
        sealed.es.index(index=alerts, id=str(number), document=body, refresh=True)
    sealed.es.delete(index=sealed.name(API_2), id="id-3")
    Journal(sealed.es, sealed.node.prefix, changes.begin("reprice", "today")).announce(
        1, sealed.name(API_2), [Changed("id-1", "0" * 64, None)]
    )
    target = tmp_path / "evidence.tar.gz"
    try:
        code, told = sealed.run("evidence", "--from", DAY, "--to", DAY, "-o", str(target))
    finally:
        sealed.es.indices.delete(index=alerts)
    assert (code, told["whole"]) == (0, False)
    files = unpacked(target)
    assert json.loads(files["verify.json"])["documents"][0]["id"] == "id-3"
    assert len(files["seals/seals.ndjson"].splitlines()) == 3
    lists = [name for name in files if name.startswith("seals/leaves/")]
    assert len(lists) == 2  # api and audit of that day
    assert all(files[name].startswith(leaves.HEAD) for name in lists)
    assert [json.loads(line)["rule_name"] for line in files["alerts.ndjson"].splitlines()] == ["rule-1"]
    assert files["changes.ndjson"] == b""
    assert files["configuration/pricing.yaml"] == PRICING.read_bytes()
    assert json.loads(files["report.json"])["total"]["calls"] == 16  # of both indices, one was deleted
    assert b"<table" in files["report.html"]
    hashes = json.loads(files["configuration/files.json"])
    assert len(hashes["files"]["logstash/pipeline/gateway.conf"]) == 64
    assert json.loads(files["versions.json"])["elasticsearch"] == sealed.node.layout.version
    _no_secret(sealed, files, hook)
    assert sealed.run("evidence", "--check", str(target))[1] == {
        "whole": True, "files": told["files"], "signed": True, "flaws": [],
    }  # fmt: skip
    assert told["files"] == len(files) - 1  # those that the manifest lists
    _tamper(target, "report.json")
    assert sealed.run("evidence", "--check", str(target))[1]["flaws"] == [{"file": "report.json", "is": "changed"}]


def test_an_auditor_packs_it_with_their_own_login(
    sealed: Sealed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The role reads everything that the archive holds, alerts, changes and versions, too."""
    people.add(sealed.node, ["holysheep_auditor"])
    alerts = f"{sealed.node.prefix}_alerts"
    fired = {
        "rule_name": "rule-1",
        "alert_time": f"{DAY}T11:00:00Z",
        "alert_sent": True,
        "@timestamp": f"{DAY}T11:00:00Z",
    }
    sealed.es.index(index=alerts, id="1", document=fired, refresh=True)
    monkeypatch.setenv("ELASTICSEARCH_PASSWORD", people.PASSWORD)
    target = tmp_path / "evidence.tar.gz"
    command = ["evidence", "--from", DAY, "--to", DAY, "-o", str(target), "--user"]
    try:
        code, told = sealed.run(*command, "person-holysheep_auditor")
    finally:
        sealed.es.indices.delete(index=alerts)
    assert (code, told.get("whole")) == (0, True), told
    files = unpacked(target)
    assert [json.loads(line)["rule_name"] for line in files["alerts.ndjson"].splitlines()] == ["rule-1"]
    assert "alerts-note.txt" not in files
    assert json.loads(files["report.json"])["total"]["calls"] == 17
    assert len(files["seals/seals.ndjson"].splitlines()) == 3
    assert json.loads(files["versions.json"])["elasticsearch"] == sealed.node.layout.version
    assert [name for name, content in files.items() if people.PASSWORD.encode() in content] == []


def _no_secret(sealed: Sealed, files: dict[str, bytes], hook: str) -> None:
    """None of the keys and passwords of this node, nor a channel's address, is anywhere in the archive."""
    keys = [path.read_text().strip() for path in (sealed.folder.parent / "secrets").iterdir()]
    known = [*keys, *secret.passwords(sealed.node.layout.secrets).values(), hook]
    assert len(known) >= 6
    for value in known:
        assert [name for name, content in files.items() if value.encode() in content] == []


def _tamper(target: Path, name: str) -> None:
    files: dict[str, Any] = unpacked(target) | {name: b"{}"}
    with tarfile.open(target, "w:gz") as tar:
        for path, content in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
