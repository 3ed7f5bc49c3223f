"""The official focus-validator (PyPI) in an environment of its own: it needs Python 3.12 and pins old packages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import venv
from pathlib import Path
from typing import Final

import pytest

VERSION: Final = "2.2.1"
#: The FOCUS version whose rules the package brings along; it is asked for no other, which it would download.
FOCUS: Final = "1.2"
#: What our file claims to be able to say. Without a claim the rules of that feature are skipped.
FEATURES: Final = ("USAGE_MEASUREMENT", "SUB_ACCOUNT", "TAGGING", "ACCOUNT_NAMING", "UNIT_PRICING")
CRITERIA: Final = ",".join(f"{feature}_SUPPORTED" for feature in FEATURES)
HOME: Final = Path.home() / ".cache" / "holysheep-elk" / f"focus-validator-{VERSION}"
_VERDICT: Final = re.compile(r"(✅|❌|⏭️) ([A-Za-z0-9-]+): (PASS|FAIL|SKIPPED)")


def python() -> str | None:
    """A Python 3.12 or 3.13; the validator's numpy has no wheels for newer ones."""
    for name in ("python3.12", "python3.13"):
        found = shutil.which(name)
        if found and subprocess.run([found, "-c", "import venv"], capture_output=True, check=False).returncode == 0:
            return found
    pyenv = sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob("versions/3.1[23].*/bin/python"))
    return str(pyenv[0]) if pyenv else None


def install() -> Path:
    """The environment's folder, made at the first call. Skips the test where there is no Python for it."""
    ready = HOME / ".ready"
    if ready.is_file():
        return HOME
    found = python()
    if found is None:
        pytest.skip("focus-validator needs Python 3.12 or 3.13")
    shutil.rmtree(HOME, ignore_errors=True)
    subprocess.run([found, "-m", venv.__name__, str(HOME)], check=True)
    # pyarrow 22 and newer refuse the numpy that the validator pins.
    wanted = [f"focus-validator=={VERSION}", "pyarrow<22"]
    subprocess.run([HOME / "bin" / "pip", "install", "-q", "--disable-pip-version-check", *wanted], check=True)
    ready.touch()
    return HOME


def verdicts(file: Path) -> dict[str, str]:
    """Rule → PASS, FAIL or SKIPPED."""
    home = install()
    # It looks for its list of currencies from the current folder.
    (packages,) = home.glob("lib/python3.*/site-packages")
    options = ["--validate-version", FOCUS, "--block-download", "--applicability-criteria", CRITERIA]
    ran = subprocess.run(
        [home / "bin" / "focus-validator", "--data-file", str(file), *options],
        cwd=packages, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    found = {rule: verdict for _, rule, verdict in _VERDICT.findall(ran.stdout + ran.stderr)}
    assert found, (ran.stdout + ran.stderr)[-3000:]
    return found
