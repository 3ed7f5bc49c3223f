"""Which image stands for each component: one that the environment names, the official one, or one built here.

Built images come from package registries alone: a Debian with Java by debootstrap, Elasticsearch and JRuby by Maven,
Filebeat by Go's module proxy.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docker.errors import BuildError, DockerException, ImageNotFound

from generator.errors import UserError
from runner.host import maven
from runner.runtimes.docker.available import unreachable
from tests.filebeat.process import program

if TYPE_CHECKING:
    from docker import DockerClient

SERVICES: Final = ("elasticsearch", "logstash", "filebeat", "kibana")
#: Services that run Elastic's own program in the images that are built here, too, and where that comes from.
REAL: Final = {"elasticsearch": "its Maven distribution", "filebeat": "its Go module"}
RECIPES: Final = Path(__file__).with_name("recipes")
#: On every image that is built here, so that one which the environment names is known for what it is, too.
LABEL: Final = "holysheep.standin"
#: Its Java 21 runs Elasticsearch 9 as well as JRuby; nothing is installed later.
DEBIAN: Final = "trixie"
PACKAGES: Final = "ca-certificates,curl,unzip,procps,python3,python3-venv,python3-yaml,openjdk-21-jdk-headless"
BASE: Final = f"holysheep-standin-base:{hashlib.sha256(f'{DEBIAN} {PACKAGES} 1'.encode()).hexdigest()[:12]}"
AUTHORITIES: Final = Path("/etc/ssl/certs/ca-certificates.crt")
VERSION: Final = "9.5.2"
#: What the images of alerts and report are made from.
PYTHON: Final = "python:3.13-slim"


@dataclass(frozen=True)
class Image:
    """What runs as a service."""

    service: str
    name: str
    #: Why it is not the official one; empty when it is.
    why: str = ""

    @property
    def real(self) -> bool:
        """Whether this is Elastic's own program."""
        return not self.why or self.service in REAL


def resolve(client: DockerClient, official: dict[str, str]) -> dict[str, Image]:
    """An image for each service. UserError when one can neither be had nor built."""
    result: dict[str, Image] = {}
    for service in SERVICES:
        given = os.environ.get(f"HOLYSHEEP_IMAGE_{service.upper()}")
        name = given or official[service]
        # One registry has all of them: where the first can't be had, the others are not asked for.
        missing = next((image.why for image in result.values() if not given and image.why), "") or unreachable(name)
        if given and missing:
            raise UserError(missing, where=f"HOLYSHEEP_IMAGE_{service.upper()}")
        if missing:
            result[service] = Image(service, build(client, service), missing)
        else:
            result[service] = Image(service, name, _label(client, name))
    return result


def build(client: DockerClient, service: str) -> str:
    """The name of a stand-in; built unless one of the same recipe is there."""
    recipe = RECIPES / service
    files = sorted(path for path in recipe.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    digest = hashlib.sha256(BASE.encode() + VERSION.encode())
    if service == "filebeat":
        digest.update(_filebeat().name.encode())
    for path in files:
        digest.update(str(path.relative_to(recipe)).encode() + b"\0" + path.read_bytes() + b"\0")
    name = f"holysheep-standin-{service}:{digest.hexdigest()[:12]}"
    if _there(client, name):
        return name
    base(client)
    with tempfile.TemporaryDirectory(prefix="holysheep-image-") as folder:
        context = Path(folder)
        for path in files:
            target = context / path.relative_to(recipe)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            target.chmod(0o644)
        _add(service, context)
        label = f"{service.capitalize()} of {REAL[service]}" if service in REAL else "stand-in"
        try:
            client.images.build(
                path=folder, tag=name, rm=True, buildargs={"VERSION": VERSION, "BASE": BASE}, labels={LABEL: label}
            )
        except (BuildError, DockerException) as error:
            raise UserError(f"the stand-in could not be built: {error}", where=service) from error
    return name


def python(client: DockerClient) -> str:
    """An image with a Python for alerts and report. UserError when none can be had."""
    given = os.environ.get("HOLYSHEEP_IMAGE_PYTHON")
    if given or not unreachable(PYTHON):
        return given or PYTHON
    base(client)
    return BASE


def base(client: DockerClient) -> None:
    """The Debian that all stand-ins are made from."""
    if _there(client, BASE):
        return
    if shutil.which("debootstrap") is None or os.geteuid() != 0:
        raise UserError("the official images can't be had, and building others needs root and debootstrap")
    with tempfile.TemporaryDirectory(prefix="holysheep-base-") as folder:
        root, archive = Path(folder) / "root", Path(folder) / "root.tar"
        result = subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", DEBIAN, str(root)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if result.returncode:
            raise UserError(f"debootstrap failed: {(result.stderr or result.stdout).strip()[-400:]}")
        for stale in [*(root / "var/cache/apt/archives").glob("*.deb"), *(root / "var/lib/apt/lists").glob("*_*")]:
            stale.unlink()
        # Images are built from registries that this machine may reach by an authority of its own.
        if AUTHORITIES.is_file():
            shutil.copyfile(AUTHORITIES, root / AUTHORITIES.relative_to("/"))
        java = next((root / "usr/lib/jvm").glob("java-21-openjdk-*"))
        (root / "usr/lib/jvm/default-java").symlink_to(java.name)
        subprocess.run(["tar", "-C", str(root), "-cf", str(archive), "."], check=True)
        repository, _, tag = BASE.partition(":")
        client.api.import_image_from_file(str(archive), repository=repository, tag=tag)


def _add(service: str, context: Path) -> None:
    """What of Maven's a recipe needs."""
    if service == "logstash":
        shutil.copyfile(maven.fetch(maven.JRUBY), context / "jruby.jar")
    if service == "filebeat":
        shutil.copyfile(_filebeat(), context / "filebeat")
    if service == "elasticsearch":
        with zipfile.ZipFile(maven.fetch(maven.ELASTICSEARCH[VERSION])) as zipped:
            zipped.extractall(context)
        (context / f"elasticsearch-{VERSION}").rename(context / "distribution")
        for script in (context / "distribution" / "bin").iterdir():
            script.chmod(0o755)


def _filebeat() -> Path:
    result = program()
    if result is None:
        raise UserError("there is no Filebeat: HOLYSHEEP_FILEBEAT names none, and .ci/stack.sh has built none")
    return result


def _there(client: DockerClient, name: str) -> bool:
    try:
        client.images.get(name)
    except ImageNotFound:
        return False
    return True


def _label(client: DockerClient, name: str) -> str:
    try:
        labels = client.images.get(name).labels
    except ImageNotFound:
        return ""  # it will be pulled
    return str(labels[LABEL]) if LABEL in labels else ""
