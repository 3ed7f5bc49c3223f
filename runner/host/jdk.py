"""Finds the Java installations of this machine, and chooses the Elasticsearch version that one of them can run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from generator.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: Elasticsearch version, the preferred one first → the lowest major version of Java that runs it.
VERSIONS: Final[dict[str, int]] = {"9.5.2": 21, "8.19.21": 17}
INSTALL: Final = (
    "install JDK 21 or newer (Debian, Ubuntu: apt install openjdk-21-jdk-headless; macOS: brew install openjdk) "
    "or point JAVA_HOME at one"
)


@dataclass(frozen=True)
class Jdk:
    """A Java installation: its home folder, and its major version."""

    home: Path
    major: int

    @property
    def java(self) -> Path:
        """The launcher."""
        return self.home / "bin" / "java"

    @property
    def keytool(self) -> Path:
        """The tool that makes keys and certificates. It is part of a Java runtime (JRE) as well, not only of a JDK."""
        return self.home / "bin" / "keytool"


@dataclass(frozen=True)
class Choice:
    """Which Java runs which Elasticsearch."""

    jdk: Jdk
    elasticsearch: str


def major_of(text: str) -> int | None:
    """21 of `21.0.4`, 8 of `1.8.0_392`; None when there is no version in the text."""
    match = re.match(r'"?(?:1\.)?(\d+)', text.strip())
    return int(match.group(1)) if match else None


def homes(environ: Mapping[str, str]) -> Iterator[Path]:
    """Candidate home folders in the order of preference: JAVA_HOME, the `java` on PATH, then the usual folders."""
    if home := environ.get("JAVA_HOME"):
        yield Path(home)
    if java := shutil.which("java", path=environ.get("PATH")):
        yield Path(java).resolve().parents[1]
    yield from sorted(Path("/usr/lib/jvm").glob("*"))
    yield from sorted(Path("/Library/Java/JavaVirtualMachines").glob("*/Contents/Home"))
    yield from sorted(Path("/opt/homebrew/opt").glob("openjdk*/libexec/openjdk.jdk/Contents/Home"))


def version_of(home: Path) -> int | None:
    """Major version of the Java in a folder; None when there is no runnable Java in it."""
    java = home / "bin" / "java"
    if not os.access(java, os.X_OK):
        return None
    release = home / "release"
    if release.is_file():
        match = re.search(r'^JAVA_VERSION="([^"]+)"', release.read_text(errors="replace"), re.MULTILINE)
        if match:
            return major_of(match.group(1))
    try:
        # The `java` of macOS may be a stub that prints "no Java installed" and ends with exit code 1.
        ran = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r'version "([^"]+)"', ran.stderr)
    return major_of(match.group(1)) if match and ran.returncode == 0 else None


def find(environ: Mapping[str, str] | None = None) -> list[Jdk]:
    """Every Java of this machine in the order of preference; a folder that has several links is listed once."""
    jdks: dict[Path, Jdk] = {}
    for home in homes(os.environ if environ is None else environ):
        real = home.resolve()
        if real not in jdks and (major := version_of(real)) is not None:
            jdks[real] = Jdk(real, major)
    return list(jdks.values())


def choose(jdks: Iterable[Jdk], wanted: str | None = None) -> Choice:
    """The wanted Elasticsearch version, or the newest version that one of the Javas can run, with its Java.

    The first Java in the list that is new enough is taken, so JAVA_HOME is preferred. Raises UserError with the list of
    Javas when none is new enough.
    """
    installed = list(jdks)
    if wanted is not None and wanted not in VERSIONS:
        raise UserError(
            f"HOLYSHEEP_ES_VERSION={wanted} is not a version that this bundle can run",
            hint=f"use one of {', '.join(VERSIONS)}",
        )
    for version in [wanted] if wanted else VERSIONS:
        for jdk in installed:
            if jdk.major >= VERSIONS[version]:
                return Choice(jdk, version)
    listed = ", ".join(f"Java {jdk.major} in {jdk.home}" for jdk in installed) or "none at all"
    least = VERSIONS[wanted] if wanted else min(VERSIONS.values())
    raise UserError(
        f"Elasticsearch{' ' + wanted if wanted else ''} needs Java {least} or newer; found: {listed}",
        where="java",
        hint=INSTALL,
    )
