"""The snapshot repository: a folder that Elasticsearch may write to, or a repository that somebody registered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from elasticsearch import ApiError, NotFoundError

from generator.errors import UserError
from runner.cluster.reasons import reason_of

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch


@dataclass(frozen=True)
class Repository:
    """A repository. `folder`: its path as Elasticsearch sees it; empty when it is no folder."""

    name: str
    folder: str


def find(es: Elasticsearch, name: str) -> Repository | None:
    """The repository with this name; None when there is none."""
    try:
        registered = es.snapshot.get_repository(name=name)[name]
    except NotFoundError:
        return None
    return Repository(
        name, str(registered.get("settings", {}).get("location", "")) if registered["type"] == "fs" else ""
    )


def need(es: Elasticsearch, name: str) -> Repository:
    """The repository with this name. UserError when there is none, so there is no backup either."""
    repository = find(es, name)
    if repository is None:
        raise UserError(f"there is no repository {name!r}, so there is no backup", hint="take one with `make backup`")
    return repository


def ensure(es: Elasticsearch, name: str, folder: str | None) -> tuple[Repository, bool]:
    """(repository, whether it was made now). Every node has written to it and read from it.

    `folder`: path.repo of the bundle's node; None for an existing cluster, whose administrator registers a repository.
    """
    repository = find(es, name)
    try:
        if repository is not None:
            es.snapshot.verify_repository(name=name)
            return repository, False
        if folder is None:
            raise UserError(
                f"the cluster has no repository {name!r}",
                hint="register one in Kibana (Stack Management, Snapshot and Restore), then give --repository NAME",
            )
        register(es, name, f"{folder}/{name}")
    except ApiError as error:
        raise _explained(error, name) from error
    return need(es, name), True


def register(es: Elasticsearch, name: str, folder: str, *, read_only: bool = False) -> None:
    """Register a folder as a repository of Elasticsearch, which verifies it unless it is read-only."""
    settings = {"location": folder, "compress": True, **({"readonly": True} if read_only else {})}
    es.snapshot.create_repository(name=name, repository={"type": "fs", "settings": settings}, verify=not read_only)


def _explained(error: ApiError, name: str) -> UserError:
    reason = reason_of(error)
    if "path.repo" in reason:
        return UserError(
            "Elasticsearch was started without a folder for backups",
            where=name,
            hint="run make down and make up once, then try again",
        )
    return UserError(
        f"Elasticsearch can't write to the repository: {reason}",
        where=f"repository {name}",
        hint="check the free disk and the folder's owner",
    )
