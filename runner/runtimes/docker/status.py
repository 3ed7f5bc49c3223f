"""The state of each container, and warnings of documents that are lost, or will be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from runner.runtime import Service
from runner.runtimes.docker import certificates, engine, inside, trouble
from runner.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Row = dict[str, Any]
ONCE: Final = ("certs", "setup")
#: Share of cluster.max_shards_per_node from which a warning is given.
CROWDED: Final = 0.8
#: The pipeline that reads the dead letters of the other. Nothing reads its own.
READER: Final = "deadletter"
LETTERS: Final = "docs/troubleshooting.md (dead letters)"


def services(containers: Iterable[Row], queues: Mapping[str, Row]) -> list[Service]:
    """Each service with its state, health and version, and whether it is as it should be.

    `containers`: from `engine.containers`, `queues`: from `inside.queues`.
    """
    return [_service(container, queues) for container in containers]


def crowded(indices: int, services: list[str], shards: int) -> list[str]:
    """A warning before Elasticsearch refuses the indices of a new day, also those for dead letters: lines get lost.

    `shards`: the number of shards that a node takes.
    """
    nodes = sum(name.startswith("elasticsearch") for name in services)
    limit = shards * nodes // (1 if nodes < 2 else 2)  # noqa: PLR2004  # from two nodes on each has a copy
    if not nodes or indices < limit * CROWDED:
        return []
    what = f"{indices:,} indices, and Elasticsearch takes about {limit:,} (cluster.max_shards_per_node)"
    return [f"{what}: lower retention_days in pricing.yaml, raise HOLYSHEEP_ELASTICSEARCH_MEMORY, or add nodes"]


def troubles(containers: Iterable[Row], queues: Mapping[str, Row]) -> list[str]:
    """What somebody must do something about: a pipeline of Logstash that can't start, dead letters, certificates."""
    rows = list(containers)
    broken = trouble.broken_pipeline(rows)
    return [*([str(broken)] if broken else []), *letters(queues), *certificates.look(rows)]


def letters(queues: Mapping[str, Row]) -> list[str]:
    """What is lost, and what nothing reads: dead letters that were dropped, and those that were refused again."""
    warnings = [
        f"{counted(dropped, 'document was', 'documents were')} dropped: the dead letter queue of {pipeline} is full "
        f"(since Logstash's start). Raise HOLYSHEEP_DEAD_LETTER_MAX_BYTES, and feed their lines again: {LETTERS}"
        for pipeline, queue in queues.items()
        if (dropped := queue["dead_letters_dropped"])
    ]
    if size := queues.get(READER, {}).get("dead_letter_bytes"):
        what = f"Elasticsearch refused dead letters again ({size:,} bytes), and nothing reads them any more"
        warnings.append(f"{what}. Find out why, and feed their lines again: {LETTERS}")
    return warnings


def _service(container: Row, queues: Mapping[str, Row]) -> Service:
    name, state, health = container["Service"], container["State"], container.get("Health") or ""
    done = state == "exited" and int(container.get("ExitCode") or 0) == 0
    waiting = letters = None
    if name == "logstash" and queues:
        waiting = sum(queue["queued_events"] for queue in queues.values())
        letters = sum(queue["dead_letter_bytes"] for queue in queues.values())
    elif name == "filebeat":
        waiting = inside.on_the_way()
    return Service(
        name=name,
        state=state,
        health=health,
        version=inside.version(engine.client().containers.get(container["Name"])),
        well=done if name in ONCE else state == "running" and health in ("healthy", ""),
        waiting=waiting,
        dead_letter_bytes=letters,
    )
