"""Downloads the two artefacts of the embedded mode with the ordinary Maven client, and verifies them.

Maven honours the mirrors and proxies that a company has set up. A downloaded file is checked against its SHA-256 in
this module before it is used. The cache belongs to the user, so a second clone downloads nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from generator.errors import UserError

#: The plugin's version is pinned, so that the command does the same on every machine.
PLUGIN: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
TIMEOUT_S: Final = 900


@dataclass(frozen=True)
class Artefact:
    """A file in a Maven repository: its coordinates and its SHA-256."""

    group: str
    name: str
    version: str
    kind: str
    sha256: str

    @property
    def file(self) -> str:
        """The artefact's file name in a Maven repository."""
        return f"{self.name}-{self.version}.{self.kind}"

    @property
    def coordinates(self) -> str:
        """The coordinates in the form of Maven's `-Dartifact`."""
        return f"{self.group}:{self.name}:{self.version}:{self.kind}"


ELASTICSEARCH: Final[dict[str, Artefact]] = {
    version: Artefact("org.elasticsearch.distribution.integ-test-zip", "elasticsearch", version, "zip", digest)
    for version, digest in {
        "9.5.2": "de3d9c88b5f993d9b1f937a1da8d7bfa3e881f83bf3a0dab3e49a8d557934618",
        "8.19.21": "215d5f3dbf0609a149f6218a9e47b6ae2df34ebbff3c5754e35f15a5e5393c8a",
    }.items()
}

#: The JRuby of Logstash 8.19.20 (its versions.yml). Logstash 9.5 has JRuby 10.0.6.0, which needs Java 21. The older
#: JRuby is used for both Elasticsearch versions, since it runs on every Java that we accept.
JRUBY: Final = Artefact(
    "org.jruby", "jruby-complete", "9.4.15.0", "jar", "e8a461c48da851d839b8deb8b67b1987542ba5e23b8febfa0e60f0065e2639d2"
)


def cache_folder() -> Path:
    """`$XDG_CACHE_HOME/holysheep-elk`, by default below ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "holysheep-elk"


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def cached(artefact: Artefact) -> Path | None:
    """The artefact's file if it is in the cache and its digest fits. A damaged file is removed."""
    path = cache_folder() / artefact.file
    if not path.is_file():
        return None
    if digest(path) == artefact.sha256:
        return path
    path.unlink()
    return None


def fetch(artefact: Artefact) -> Path:
    """The artefact's verified file, from the cache or by Maven. Raises UserError with Maven's error lines."""
    if path := cached(artefact):
        return path
    mvn = shutil.which("mvn")
    if mvn is None:
        raise UserError(
            f"{artefact.file} is not in {cache_folder()}, and there is no mvn to get it",
            where="maven",
            hint="install Maven (Debian, Ubuntu: apt install maven; macOS: brew install maven), or use Docker",
        )
    target = cache_folder()
    _make_writable(target)
    # Maven writes into a temporary folder, and the whole file is renamed. Two clones that download at the same time
    # never read each other's incomplete file.
    with tempfile.TemporaryDirectory(dir=target) as folder:
        command = [
            mvn, "-q", "-B", PLUGIN,
            f"-Dartifact={artefact.coordinates}", f"-DoutputDirectory={folder}", "-Dmdep.useBaseVersion=true",
        ]  # fmt: skip
        downloaded = Path(folder) / artefact.file
        maven_errors = _run(command, cwd=Path(folder))
        if not downloaded.is_file():
            raise UserError(
                f"Maven could not get {artefact.coordinates}: {maven_errors}",
                where="maven",
                hint="check the network, or the mirrors and proxies in ~/.m2/settings.xml",
            )
        actual = digest(downloaded)
        if actual != artefact.sha256:
            raise UserError(
                f"{artefact.file} has SHA-256 {actual}, not {artefact.sha256}; it was not used",
                where="maven",
                hint="remove it from ~/.m2/repository and try again; if it stays so, distrust the mirror",
            )
        downloaded.replace(target / artefact.file)
    return target / artefact.file


def _make_writable(folder: Path) -> None:
    """Make the downloads' folder. UserError when it can't be made or written."""
    reason = ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = f" ({error.strerror or error})"
    if reason or not os.access(folder, os.W_OK):
        what = f"downloads can't be kept in {folder}{reason}"
        raise UserError(what, where="maven", hint="set XDG_CACHE_HOME to a folder that this user may write to")


def _run(command: list[str], cwd: Path) -> str:
    """Run Maven. Returns its first error lines, or its exit code when it printed no error."""
    try:
        completed = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        return f"the download did not end within {TIMEOUT_S} s"
    errors = [
        line.removeprefix("[ERROR]").strip() for line in completed.stdout.splitlines() if line.startswith("[ERROR]")
    ]
    return " ".join(errors[:3]) or f"exit code {completed.returncode}"
