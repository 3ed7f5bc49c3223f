"""Reads the APIs of the services inside their containers: queues, dead letters, versions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from docker.errors import DockerException

from runner.runtimes.docker import engine

if TYPE_CHECKING:
    from docker.models.containers import Container

Row = dict[str, Any]
#: A plain HTTP request inside the container. It needs bash only (/dev/tcp), not curl.
FETCH: Final = "exec 3<>/dev/tcp/127.0.0.1/{port}; printf 'GET {path} HTTP/1.0\\r\\n\\r\\n' >&3; sed '1,/^\\r*$/d' <&3"
LOGSTASH: Final = 9600
FILEBEAT: Final = 5066
#: Bytes of an empty dead letter queue.
EMPTY_BYTES: Final = 1
#: Logstash's words when no dead letter was dropped.
NO_ERROR: Final = "no errors"
SHARDS_SETTING: Final = "cluster.max_shards_per_node"
#: Elasticsearch's default.
SHARDS: Final = 1000


def fetch(service: str, port: int, path: str) -> Row:
    """The JSON object of an answer; empty when the service does not run or does not answer."""
    name = engine.name_of(service)
    text = engine.execute(name, ["/bin/bash", "-c", FETCH.format(port=port, path=path)]) if name else None
    try:
        answer = json.loads(text or "{}")
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def shards() -> int:
    """The number of shards that a node takes: the setting of its container, else Elasticsearch's default."""
    name = engine.name_of("elasticsearch")
    variables = engine.client().containers.get(name).attrs["Config"]["Env"] if name else []
    pairs = (variable.partition("=") for variable in variables or [])
    limits = [text for setting, _, text in pairs if setting == SHARDS_SETTING]
    return int(limits[0]) if limits and limits[0].isdigit() else SHARDS


def queues() -> dict[str, Row]:
    """Logstash pipeline → its queues, as `figures` has them. Empty when Logstash does not answer."""
    return figures(fetch("logstash", LOGSTASH, "/_node/stats/pipelines"))


def figures(answer: Row) -> dict[str, Row]:
    """Waiting events and bytes, dead letters, those that were dropped, and events out, from Logstash's answer.

    Dropped ones are counted since Logstash's start. `dead_letter_error`: why the last one was dropped, else empty.
    """
    pipelines: Row = answer.get("pipelines", {})
    found = {}
    for key, stats in sorted(pipelines.items()):
        queue, letters = stats.get("queue") or {}, stats.get("dead_letter_queue") or {}
        error = str(letters.get("last_error") or "")
        found[key] = {
            "queued_events": queue.get("events_count", 0),
            "queued_bytes": queue.get("queue_size_in_bytes", 0),
            "dead_letter_bytes": _bytes(letters),
            "dead_letters_dropped": int(letters.get("dropped_events") or 0),
            "dead_letter_error": "" if error == NO_ERROR else error,
            "events_out": (stats.get("events") or {}).get("out", 0),
        }
    return found


def _bytes(letters: Row) -> int:
    size = int(letters.get("queue_size_in_bytes", 0))
    return 0 if size <= EMPTY_BYTES else size


def on_the_way() -> int | None:
    """Lines that Filebeat has read and Logstash has not confirmed; None when Filebeat does not answer."""
    stats = fetch("filebeat", FILEBEAT, "/stats").get("libbeat", {}).get("pipeline", {}).get("events", {})
    return int(stats["active"]) if "active" in stats else None


def version(container: Container) -> str:
    """The version of a container's image: by the image's label, else by the tag of its name, else `?`."""
    try:
        labels = container.image.labels if container.image else {}
    except DockerException:
        labels = {}
    for label in ("org.opencontainers.image.version", "org.label-schema.version"):
        # A base image may have a label of its own, such as Ubuntu's "24.04". The Elastic Stack's has three parts.
        if labels.get(label, "").count(".") >= 2:  # noqa: PLR2004  # three parts
            return str(labels[label])
    name = str(container.attrs["Config"]["Image"]).partition("@")[0]
    return name.rpartition(":")[2] if ":" in name.rpartition("/")[2] else "?"
