"""Bytes a document on the disk of a real Elasticsearch, and documents a second into it, for plain client lines."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from generator.errors import UserError
from tests.bench import corpus, node

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch
    from rich.progress import Progress

DOCUMENTS: Final = 200_000
A_REQUEST: Final = 2000
#: What Elasticsearch makes of the same documents on its own: the named alternative.
DYNAMIC: Final = "bench-dynamic-mapping"
#: Bytes a document that the api index may take after a merge. Printed beside the figure, asserted nowhere: it depends
#: on the lines.
TARGET: Final = 135
#: For one request; a merge on a busy machine takes minutes.
PATIENCE_S: Final = 600


def run(progress: Progress) -> dict[str, Any]:
    """Both indices on one node, one after the other. `BENCH_DOCS` sets another number of lines."""
    expected = os.environ.get("BENCH_DOCS", str(DOCUMENTS)).replace("_", "")
    if not expected.isdigit() or not int(expected):
        raise UserError(f"BENCH_DOCS={expected} is no number of documents")
    with tempfile.TemporaryDirectory() as folder_name:
        task = progress.add_task("disk: lines through the filter", total=int(expected))
        known = corpus.make(Path(folder_name), int(expected), lambda count: progress.advance(task, count))
        with node.running(lambda text: progress.console.print(f"  {text}", highlight=False)) as es:
            return {
                "documents": known.documents,
                "bytes_a_line": round(known.raw_bytes / known.documents, 1),
                "api": _index(es, known, known.index, progress),
                "dynamic": _index(es, known, DYNAMIC, progress),
            }


def _index(es: Elasticsearch, known: corpus.Corpus, index: str, progress: Progress) -> dict[str, Any]:
    """Index, merge to one segment, weigh."""
    task = progress.add_task(f"disk: into {index}", total=known.documents)
    patient = es.options(request_timeout=PATIENCE_S)
    # Elasticsearch remembers the size of a store for 10 s; here it is looked up each time.
    patient.indices.create(index=index, settings={"index.store.stats_refresh_interval": "0ms"})
    start = time.perf_counter()
    for body in known.bodies(A_REQUEST):
        # The serializer passes bytes on as they are, so that the time is that of Elasticsearch.
        answer = patient.bulk(index=index, operations=body, filter_path="errors,items.*.error")  # type: ignore[arg-type]
        if answer["errors"]:
            raise UserError(f"{index} refused a document: {answer['items'][0]}", where="elasticsearch")
        progress.advance(task, len(body) / 2)
    patient.indices.refresh(index=index)
    seconds = time.perf_counter() - start
    patient.indices.flush(index=index, force=True, wait_if_ongoing=True)
    patient.indices.forcemerge(index=index, max_num_segments=1, flush=True)
    patient.indices.flush(index=index, force=True, wait_if_ongoing=True)
    # Only a new reader lets go of the files from before the merge.
    patient.indices.refresh(index=index)
    stats = es.indices.stats(index=index, metric=["docs", "store", "segments"])["indices"][index]
    settings = es.indices.get_settings(index=index, flat_settings=True)[index]["settings"]
    documents = stats["primaries"]["docs"]["count"]
    if documents != known.documents:
        raise UserError(f"{index} has {documents} documents, not {known.documents}", where="elasticsearch")
    return {
        "bytes_a_document": round(stats["total"]["store"]["size_in_bytes"] / documents, 1),
        "primary_bytes_a_document": round(stats["primaries"]["store"]["size_in_bytes"] / documents, 1),
        "documents_per_s": round(documents / seconds),
        "segments": stats["primaries"]["segments"]["count"],
        "mode": settings.get("index.mode", "standard"),
        "codec": settings.get("index.codec", "default"),
        "fields": _fields(patient, index, documents),
    }


def _fields(es: Elasticsearch, index: str, documents: int) -> dict[str, float]:
    """Bytes a document of the ten heaviest fields, by Elasticsearch's own analysis."""
    fields = es.indices.disk_usage(index=index, run_expensive_tasks=True)[index]["fields"]
    sizes = {name: usage["total_in_bytes"] / documents for name, usage in fields.items()}
    return {name: round(sizes[name], 1) for name in sorted(sizes, key=lambda name: (-sizes[name], name))[:10]}
