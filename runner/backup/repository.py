"""The repository that snapshots are in: a folder that Elasticsearch may write to, or one that somebody set up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from elasticsearch import ApiError, NotFoundError

from generator.errors import UserError
from runner.cluster.apply import reason_of

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

NAME: Final = "holysheep"


@dataclass(frozen=True)
class Repository:
    """Its name, and for a folder its path as Elasticsearch sees it (else empty)."""

    name: str
    folder: str


def find(es: Elasticsearch, name: str) -> Repository | None:
    """The repository of that name; None when there is none."""
    try:
        found = es.snapshot.get_repository(name=name)[name]
    except NotFoundError:
        return None
    return Repository(name, str(found.get("settings", {}).get("location", "")) if found["type"] == "fs" else "")


def need(es: Elasticsearch, name: str) -> Repository:
    """The repository; a UserError when there is none, so nothing was ever backed up there."""
    found = find(es, name)
    if found is None:
        raise UserError(f"there is no repository {name!r}, so no backup", hint="make one: make backup")
    return found


def ensure(es: Elasticsearch, name: str, folder: str | None) -> tuple[Repository, bool]:
    """(repository, whether it was made now). Written to and read from by every node before it is used.

    `folder` is path.repo of a node that is ours; None where the cluster is somebody else's, who must have made one.
    """
    found = find(es, name)
    try:
        if found is not None:
            es.snapshot.verify_repository(name=name)
            return found, False
        if folder is None:
            raise UserError(
                f"the cluster has no repository {name!r}",
                hint="set one up in Kibana (Stack Management, Snapshot and Restore), then --repository NAME",
            )
        register(es, name, f"{folder}/{name}")
    except ApiError as error:
        raise _explained(error, name) from error
    return need(es, name), True


def register(es: Elasticsearch, name: str, folder: str, *, read_only: bool = False) -> None:
    """Make Elasticsearch know a folder as a repository, verified unless it is only to be read."""
    settings = {"location": folder, "compress": True, **({"readonly": True} if read_only else {})}
    es.snapshot.create_repository(name=name, repository={"type": "fs", "settings": settings}, verify=not read_only)


def _explained(error: ApiError, name: str) -> UserError:
    said = reason_of(error)
    if "path.repo" in said:
        return UserError(
            "Elasticsearch was started before it had a folder for backups",
            where=name,
            hint="once: make down, make up; then again",
        )
    return UserError(
        f"Elasticsearch can't write to it: {said}", where=f"repository {name}", hint="free disk? the folder's owner?"
    )
