"""The digest of every image of the stack: what was tried is what is started elsewhere, whatever a tag says later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml
from docker.errors import DockerException, ImageNotFound

from generator.errors import UserError
from runner.runtimes.docker import engine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docker import DockerClient

FILE: Final = engine.FOLDER / f"{engine.DIGESTS}.yaml"
HEAD: Final = """\
# Written by `holysheep-elk digests`: the images of this stack by digest, that of the index where there is one.
# Start with them: HOLYSHEEP_OVERLAYS={overlays} make up. After an upgrade or a change of overlays write it anew.
"""
Row = dict[str, Any]


@dataclass(frozen=True)
class Pinned:
    """An image as it is named, by digest (empty when there is none), what its registry has, and what to say of it."""

    image: str
    services: tuple[str, ...]
    digest: str
    registry: str
    why: str = ""

    @property
    def name(self) -> str:
        """The name to start it by: `registry.example/logstash@sha256:…`."""
        return f"{bare(self.image)}@{self.digest}" if self.digest else ""


def bare(image: str) -> str:
    """A name without its tag and digest; a registry's port is no tag."""
    name = image.partition("@")[0]
    folder, slash, last = name.rpartition("/")
    return f"{folder}{slash}{last.partition(':')[0]}"


def local(image: str, known: Sequence[str]) -> str:
    """The digest under which this very repository gave the image; empty when it came from elsewhere or was built here.

    `known`: RepoDigests. The engine writes Docker Hub's short names, and so do compose files; others are as written.
    """
    own = {bare(image), bare(image).removeprefix("docker.io/").removeprefix("library/")}
    return next((one.partition("@")[2] for one in known if one.partition("@")[0] in own), "")


def resolve(client: DockerClient, image: str, services: tuple[str, ...]) -> Pinned:
    """Ask the engine, which knows what was pulled, and the registry, where it can be reached."""
    given = image.partition("@")[2]
    try:
        here = given or local(image, client.images.get(image).attrs.get("RepoDigests") or [])
        present = True
    except ImageNotFound:
        here, present = given, False
    try:
        there = str(client.images.get_registry_data(image).id)
        reason = ""
    except DockerException as error:
        there = ""
        reason = str(getattr(error, "explanation", None) or error).strip()[:160]
    if here:
        moved = there and there != here
        return Pinned(image, services, here, there, "the registry has another by now under this tag" if moved else "")
    if present:
        # What is here is not known to be what the registry has: pinning that would start something untried.
        return Pinned(image, services, "", there, "it was built or loaded here, not pulled: pull it first")
    return Pinned(image, services, there, there, reason if not there else "not pulled yet, as the registry says")


def every(services: Mapping[str, Row]) -> list[Pinned]:
    """All images of the merged compose files, each once."""
    by_image: dict[str, list[str]] = {}
    for name, service in sorted(services.items()):
        by_image.setdefault(str(service["image"]), []).append(name)
    return [resolve(engine.client(), image, tuple(names)) for image, names in sorted(by_image.items())]


def check() -> None:
    """UserError when compose/digests.yaml names a service that the other files do not have: it would be half of one."""
    if engine.DIGESTS not in engine.overlays():
        return
    plain: Row = engine.config(pinned=False)["services"]
    body = yaml.safe_load(FILE.read_text(encoding="utf-8")) or {}
    strange = sorted(set(body.get("services") or {}) - set(plain))
    if strange:
        what = f"it pins {', '.join(strange)}, which this choice of overlays does not have"
        raise UserError(what, where=str(FILE), hint="write it anew: .venv/bin/holysheep-elk digests")


def overlay(pinned: Sequence[Pinned], overlays: Sequence[str]) -> str:
    """The text of compose/digests.yaml, for the images that have a digest."""
    names = ",".join([*(name for name in overlays if name != engine.DIGESTS), engine.DIGESTS])
    images = {service: one.name for one in pinned if one.name for service in one.services}
    body = {"services": {service: {"image": image} for service, image in sorted(images.items())}}
    return HEAD.format(overlays=names) + yaml.safe_dump(body, width=1000, sort_keys=True)
