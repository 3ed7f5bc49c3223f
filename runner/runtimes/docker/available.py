"""Checks whether the Docker mode can be used on this machine."""

from __future__ import annotations

from docker.errors import DockerException, ImageNotFound

from generator.errors import UserError
from runner.runtimes.docker import engine


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
    for image in sorted({service["image"] for service in services.values()}):
        if reason := unreachable(image):
            return reason
    return None


def unreachable(image: str) -> str | None:
    """Why an image can't be used; None when it is present or its registry has it."""
    client = engine.client()
    try:
        client.images.get(image)
    except ImageNotFound:
        try:
            client.images.get_registry_data(image)
        except DockerException as error:
            return f"the image {image} is not here and can't be pulled: {_words(error)}"
    return None


def _words(error: DockerException) -> str:
    return str(getattr(error, "explanation", None) or error).strip()[:200]
