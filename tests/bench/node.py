"""An Elasticsearch of the bench's own, with the rendered templates, gone when it is done."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from generator import card as cards
from generator import paths
from generator.render import render
from runner.cluster.apply import apply
from runner.host import machine
from runner.runtimes.embedded import elasticsearch, place
from runner.runtimes.embedded.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from elasticsearch import Elasticsearch


@contextmanager
def running(say: Callable[[str], None]) -> Iterator[Elasticsearch]:
    """The embedded mode's Elasticsearch in a temporary folder, on a free port; the user's own is not touched."""
    chosen = place.chosen()
    # Not below the checkout: Elasticsearch runs as another user when we are root, and may not enter that.
    base = Path(tempfile.mkdtemp(prefix="holysheep-bench-"))
    base.chmod(0o755)
    layout = Layout(base, place.base(), base / "secrets", chosen.elasticsearch, machine.runner())
    try:
        record = elasticsearch.start(layout, chosen, say)
        with elasticsearch.client(layout, record.port) as es:
            apply(es, _rendered(base / "rendered"))
            yield es
    finally:
        elasticsearch.stop(layout, say)
        shutil.rmtree(base, ignore_errors=True)


def _rendered(folder: Path) -> Path:
    """The elasticsearch/ folder as pricing.yaml and the registry make it now, rendered or not yet."""
    for name, text in render(cards.load(paths.PRICING)).items():
        if name.startswith("elasticsearch/"):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return folder / "elasticsearch"
