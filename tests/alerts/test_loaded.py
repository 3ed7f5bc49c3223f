"""What ElastAlert has loaded, as `holysheep-elk plan` asks for it."""

from __future__ import annotations

import json
import shutil
import subprocess
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import pytest

from generator.paths import ROOT
from runner.plan import alert_rules
from tests.alerts import environment

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.elastalert
RULES: Final = ("budget-day", "error-rate", "rate-limit")

#: Loads the rules as ElastAlert does at its start, then once more each time that a line comes, as it does every minute.
PROGRAM: Final = """
import os, sys
from pathlib import Path
from elastalert import config
from elastalert.util import EAException
from holysheep_alerts.loading import note_into
folder = Path(os.environ["HOLYSHEEP_ELASTALERT"])
note_into(folder / "channels" / "loaded.json")
conf = {"rules_folder": str(folder / "rules")}
loader = config.loader_mapping["file"](conf)
loader.load_modules = lambda *_: None  # alerts and rule types are not what this is about
for line in sys.stdin:
    for name in loader.get_hashes(conf):
        try:
            loader.load_configuration(name, conf)
        except EAException as error:
            print(f"refused {Path(name).name}: {str(error)[:200]}", file=sys.stderr)
    print("done", flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the container with some of the rendered rules."""
    (tmp_path / "rules").mkdir()
    for name in RULES:
        shutil.copy(ROOT / "elastalert" / "rules" / f"{name}.yaml", tmp_path / "rules")
    (tmp_path / "channels").mkdir()
    for severity in ("critical", "warning"):
        (tmp_path / "channels" / f"{severity}.yaml").write_text('{"alert": ["debug"]}')
    return tmp_path


def test_a_wrong_file_is_an_older_rule_that_still_runs(folder: Path) -> None:
    """The note has the file that each rule was loaded from: of a wrong file the one before, of a deleted one none."""
    interpreter = environment.python()
    if interpreter is None:
        pytest.skip("ElastAlert 2 has no environment here: .ci/elastalert.sh makes it, from Python 3.12 or newer")
    variables = {
        "PYTHONPATH": str(ROOT / "elastalert"),
        "HOLYSHEEP_ELASTALERT": str(folder),
        "HOLYSHEEP_CHANNELS": str(folder / "channels"),
    }
    first = digests(folder)
    with subprocess.Popen(
        [str(interpreter), "-c", PROGRAM],
        env=variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert noted(process, folder) == first
        (folder / "rules" / "budget-day.yaml").write_text("name: budget-day\ntype: frequency\n")
        (folder / "rules" / "rate-limit.yaml").unlink()
        path = folder / "rules" / "error-rate.yaml"
        path.write_text(path.read_text() + "# newer\n")
        loaded = noted(process, folder)
        assert process.stdin is not None
        process.stdin.close()
        assert process.stderr is not None
        assert "refused budget-day.yaml" in process.stderr.read()
    expected = {"budget-day.yaml": first["budget-day.yaml"], "error-rate.yaml": digests(folder)["error-rate.yaml"]}
    assert loaded == expected
    actions = {step.name: step.action for step in alert_rules.compare(loaded, folder / "rules")}
    assert actions == {"budget-day": "change", "error-rate": "unchanged"}
    process_of_loaded = environment.start(interpreter, folder, {}, "loaded")
    assert json.loads(process_of_loaded.communicate(timeout=60)[0]) == loaded


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each file."""
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in (folder / "rules").glob("*.yaml")}


def noted(process: subprocess.Popen[str], folder: Path) -> dict[str, Any]:
    """Load all rules once more, and read the note."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.stdout.readline() == "done\n"
    loaded: dict[str, Any] = json.loads((folder / "channels" / "loaded.json").read_text())
    return loaded
