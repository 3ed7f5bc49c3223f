"""How Logstash starts in its container: its script, its JVM's options, and what it logs."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from generator.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = ROOT / "compose" / "scripts" / "logstash.sh"
#: What logstash-output-elasticsearch 12.1.6 writes with a sample of the refused documents.
REFUSED = "Events could not be indexed and routing to DLQ, count: 1 {last_sample: {doc: [create, {}, {message: kim}]}}"
LOST = (
    "Marking url as dead. Last error: [HostUnreachableError] Elasticsearch Unreachable: [https://elasticsearch:9200/]"
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder in place of Logstash's, with the script, a keystore tool that fails, and a start that says so."""
    (tmp_path / "bin").mkdir()
    text = SCRIPT.read_text(encoding="utf-8")
    for path, instead in (
        ("/usr/share/logstash", tmp_path),
        ("/usr/local/bin/docker-entrypoint", tmp_path / "bin" / "entrypoint"),
        ("/run/secrets", tmp_path / "secrets"),
    ):
        assert path in text
        text = text.replace(path, str(instead))
    _program(tmp_path / "bin" / "start", text)
    _program(tmp_path / "bin" / "entrypoint", "#!/bin/bash\necho started\n")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "writer_password").write_text("long\r\n", encoding="utf-8")
    return tmp_path


def _program(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o700)


def start(home: Path) -> subprocess.CompletedProcess[str]:
    """What the script does there."""
    environment = {"PATH": "/usr/bin:/bin", "HOLYSHEEP_KEYSTORE": str(home / "keystore")}
    return subprocess.run([home / "bin" / "start"], env=environment, capture_output=True, text=True, check=False)


def test_a_keystore_that_cant_be_made_is_told(home: Path) -> None:
    """Logstash does not start without its passwords, and the tool's own words are in the log."""
    _program(home / "bin" / "logstash-keystore", "#!/bin/bash\necho 'No space left on device'\nexit 1\n")
    ended = start(home)
    assert ended.returncode == 1
    assert "logstash-keystore create failed." in ended.stderr
    assert "No space left on device" in ended.stderr
    assert ended.stdout == ""


def test_the_keystore_is_its_users_own_from_the_start(home: Path) -> None:
    """The tool makes it readable for all; it is nobody else's before a password is in it, and after."""
    tool = '#!/bin/bash\nstat -c %a "$HOLYSHEEP_KEYSTORE" >&2 2>/dev/null\ncat >> "$HOLYSHEEP_KEYSTORE"\n'
    _program(
        home / "bin" / "logstash-keystore", f'{tool}[ "$1" = create ] && chmod 0644 "$HOLYSHEEP_KEYSTORE"; exit 0\n'
    )
    ended = start(home)
    assert (ended.returncode, ended.stdout) == (0, "started\n")
    keystore = home / "keystore"
    assert keystore.read_text(encoding="utf-8") == "y\nlong\n"
    assert keystore.stat().st_mode & 0o777 == 0o600


def test_no_heap_dump_unless_asked_for() -> None:
    """A dump holds raw lines. Out of memory the process ends at once, so that the engine starts it again."""
    text = (ROOT / "compose" / "compose.yaml").read_text(encoding="utf-8")
    options = yaml.safe_load(text)["services"]["logstash"]["environment"]["LS_JAVA_OPTS"].split()
    assert "-XX:+ExitOnOutOfMemoryError" in options
    assert "-XX:${HOLYSHEEP_LOGSTASH_HEAP_DUMP:--}HeapDumpOnOutOfMemoryError" in options


def test_the_log_of_an_outage_stays_readable() -> None:
    """Of the output nothing below a warning, whose INFO lines have 19 kB at each try, and no refused documents."""
    text = (ROOT / "compose" / "logstash" / "log4j2.properties").read_text(encoding="utf-8")
    properties = dict(re.findall(r"^([\w.]+) = (.*)$", text, re.MULTILINE))
    logger = "logger.elasticsearch"
    assert properties[f"{logger}.name"] == "logstash.outputs.elasticsearch"
    assert properties[f"{logger}.level"] == "${env:HOLYSHEEP_ELASTICSEARCH_LOG_LEVEL:-warn}"
    refused = properties[f"{logger}.filter.refused.regex"]
    assert re.fullmatch(refused, REFUSED)
    assert not re.fullmatch(refused, LOST)
    assert properties[f"{logger}.filter.refused.onMatch"] == "DENY"
    assert properties[f"{logger}.filter.refused.onMismatch"] == "NEUTRAL"
