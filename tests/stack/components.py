"""What ran in the containers, for the summary: programs, versions, and what the engine lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from elasticsearch import ApiError

from tests.stack import images

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from tests.stack.stack import Stack

#: What tests care about → a request that only a cluster with it answers.
ASKED: Final = {
    "lifecycle (ILM)": ("GET", "/_ilm/status", None),
    "Painless": ("POST", "/_scripts/painless/_execute", {"script": {"source": "1"}}),
    "snapshots' lifecycle (SLM)": ("GET", "/_slm/status", None),
}
HEADERS: Final = {"accept": "application/json", "content-type": "application/json"}


def lacking(es: Elasticsearch) -> list[str]:
    """Names of what this Elasticsearch has no module for."""
    result = []
    for name, (method, path, body) in ASKED.items():
        try:
            es.perform_request(method, path, headers=HEADERS, body=body)
        except ApiError:
            result.append(name)
    return result


def describe(stack: Stack) -> list[str]:
    """A line a component."""
    lines = []
    for name, image in stack.images.items():
        part = name.capitalize()
        if name == "elasticsearch":
            with stack.client() as es:
                node = next(iter(es.nodes.info(node_id="_local")["nodes"].values()))
                version, missing = node["version"], lacking(es)
            lack = f", without {', '.join(missing)}" if missing else ""
            origin = "real, its Maven distribution" if image.why else "real"
            lines.append(f"{part} {version}: {origin}{lack}")
        elif image.real:
            origin = images.REAL[name] if image.why else image.name
            lines.append(f"{part}: real, {origin}")
        elif name == "logstash":
            lines.append(f"{part}: stand-in, around the bundle's real filter under JRuby")
        else:
            lines.append(f"{part}: stand-in")
    if whys := {image.why for image in stack.images.values() if image.why}:
        lines.append(f"why: {'; '.join(sorted(whys))}")
    return lines
