"""Checks whether the Docker mode can be used on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docker.errors import DockerException, ImageNotFound

from generator.errors import UserError
from runner.runtimes.docker import engine

if TYPE_CHECKING:
    from collections.abc import Callable

Row = dict[str, Any]


def available() -> str | None:
    """Why the Docker mode can't be used; None when engine, compose and all images are here or can be pulled."""
    try:
        engine.client()
    except DockerException:
        return "no Docker engine answers"
    if problem := engine.compose_problem():
        return f"a Docker engine answers, but {problem.what}"
    try:
        services = engine.config()["services"]
    except UserError as error:
        return str(error)
    return next((reason for image in needed(services) if (reason := unreachable(image))), None)


def needed(services: Row, here: Callable[[str], bool] | None = None) -> list[str]:
    """The images that must be here or in a registry: of each service its own.

    Of a service that is built here and was not built yet, these are the images that it is built from: each argument of
    its build names one. `here`: whether the engine has an image.
    """
    images: set[str] = set()
    for service in services.values():
        build, image = service.get("build"), service["image"]
        images |= set(build["args"].values()) if build and not (here or _here)(image) else {image}
    return sorted(images)


def unreachable(image: str) -> str | None:
    """Why an image can't be used; None when it is present or its registry has it."""
    if _here(image):
        return None
    try:
        engine.client().images.get_registry_data(image)
    except DockerException as error:
        return f"the image {image} is not here and can't be pulled: {_words(error)}"
    return None


def _here(image: str) -> bool:
    try:
        engine.client().images.get(image)
    except ImageNotFound:
        return False
    return True


def _words(error: DockerException) -> str:
    return str(getattr(error, "explanation", None) or error).strip()[:200]
