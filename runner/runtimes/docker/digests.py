"""Pins every image of the stack to its digest, so that another machine starts the same images later.

A tag may get another image at any time; a digest names one image for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml
from docker.errors import DockerException, ImageNotFound

from generator.errors import UserError
from runner.cluster.reasons import cause_of
from runner.host.files import write_whole
from runner.pinned import PinnedImage, without_tag
from runner.runtimes.docker import engine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docker import DockerClient

FILE: Final = engine.FOLDER / f"{engine.DIGESTS}.yaml"
HEAD: Final = """\
# Written by `holysheep-elk digests`: the images of this stack by digest (of a multi-platform image: its index's).
# Start with them: HOLYSHEEP_OVERLAYS={overlays} make up. Write this file again after an upgrade or other overlays.
"""
Row = dict[str, Any]


def local(image: str, known: Sequence[str]) -> str:
    """The digest under which the image was pulled from its repository.

    Empty when it was pulled from another repository or was built here. `known`: RepoDigests of the engine, which
    shortens the names of Docker Hub, as compose files do.
    """
    own = {without_tag(image), without_tag(image).removeprefix("docker.io/").removeprefix("library/")}
    return next((digest.partition("@")[2] for digest in known if digest.partition("@")[0] in own), "")


def resolve(client: DockerClient, image: str, services: tuple[str, ...]) -> PinnedImage:
    """Find the image's digest, in the engine and in the registry."""
    given = image.partition("@")[2]
    try:
        local_digest = given or local(image, client.images.get(image).attrs.get("RepoDigests") or [])
        present = True
    except ImageNotFound:
        local_digest, present = given, False
    try:
        registry_digest = str(client.images.get_registry_data(image).id)
        reason = ""
    except DockerException as error:
        registry_digest = ""
        reason = str(getattr(error, "explanation", None) or error).strip()[:160]
    if local_digest:
        has_changed = registry_digest and registry_digest != local_digest
        return PinnedImage(
            image,
            services,
            local_digest,
            registry_digest,
            "the registry has another image under this tag now" if has_changed else "",
        )
    if present:
        # The image here may differ from the registry's. Pinning the registry's digest would start an image that
        # nobody has tried.
        return PinnedImage(
            image, services, "", registry_digest, "it was built or loaded here, not pulled: pull it first"
        )
    return PinnedImage(
        image,
        services,
        registry_digest,
        registry_digest,
        reason if not registry_digest else "not pulled yet, as the registry says",
    )


def every(services: Mapping[str, Row]) -> list[PinnedImage]:
    """The images of the merged compose files, each once."""
    by_image: dict[str, list[str]] = {}
    for name, service in sorted(services.items()):
        by_image.setdefault(str(service["image"]), []).append(name)
    return [resolve(engine.client(), image, tuple(names)) for image, names in sorted(by_image.items())]


def check() -> None:
    """UserError when compose/digests.yaml has a service that the other compose files lack.

    Compose would take it for a service without any settings but its image.
    """
    if engine.DIGESTS not in engine.overlays():
        return
    plain: Row = engine.config(pinned=False)["services"]
    body = yaml.safe_load(FILE.read_text(encoding="utf-8")) or {}
    unknown_services = sorted(set(body.get("services") or {}) - set(plain))
    if unknown_services:
        what = f"this file pins {', '.join(unknown_services)}, but the chosen overlays have no such service"
        raise UserError(what, where=str(FILE), hint="write it again: .venv/bin/holysheep-elk digests")


def overlay(pinned: Sequence[PinnedImage], overlays: Sequence[str]) -> str:
    """The text of compose/digests.yaml, for the images that have a digest."""
    names = ",".join([*(name for name in overlays if name != engine.DIGESTS), engine.DIGESTS])
    images = {service: image.name for image in pinned if image.name for service in image.services}
    body = {"services": {service: {"image": image} for service, image in sorted(images.items())}}
    return HEAD.format(overlays=names) + yaml.safe_dump(body, width=1000, sort_keys=True)


def write() -> tuple[str, list[PinnedImage]]:
    """Write compose/digests.yaml, unless no image has a digest. Returns its path and the images."""
    try:
        engine.client()
    except DockerException as error:
        raise UserError(f"no Docker engine answers: {cause_of(error)}", hint="start it, or set DOCKER_HOST") from None
    images = every(engine.config(pinned=False)["services"])
    if any(image.digest for image in images):
        write_whole(FILE, overlay(images, engine.overlays()))
    return str(FILE), images
