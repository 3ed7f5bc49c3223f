"""The line of states says in words what the incident's data is: its searches run on the real Elasticsearch, and its
expressions in a real JavaScript engine, which is what Vega hands them to.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from generator.dashboards import states
from generator.dashboards.model import Metric, State
from tests import incident
from tests.integration.dashboards.conftest import filled
from tests.integration.dashboards.test_incident import own_card

if TYPE_CHECKING:
    from pathlib import Path

    from elasticsearch import Elasticsearch

    from runner.report.shown import Reader

pytestmark = [pytest.mark.integration, pytest.mark.newest]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
#: What Vega's expressions know, and what a data source does: each transform adds a field to the answer.
PAGE = """<pre id="out"></pre><script>
const isValid = value => value !== null && value !== undefined && value === value, now = () => NOW;
document.getElementById("out").textContent = JSON.stringify(SOURCES.map(([datum, steps]) => {
  for (const [name, text] of steps)
    datum[name] = Function("datum", "isValid", "now", "return " + text)(datum, isValid, now);
  return [datum.text, datum.color];
}));
</script>"""
RED, YELLOW, PLAIN = "#E7664C", "#D6BF57", "transparent"


@pytest.fixture(scope="module")
def reader(cluster: Elasticsearch, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """The pages over the incident."""
    folder = tmp_path_factory.mktemp("incident")
    return filled(cluster, own_card(), folder, incident.actions("incident"), incident.NOW)


def test_the_incident_in_words(reader: Reader, tmp_path: Path) -> None:
    """$360 of a day's $100 are over, the month is not; under 2 % of the calls failed; 95 % took under 5 s.

    Calls come until the end. 4 % of the calls are of a model that has no price.
    """
    said = read(reader, incident.NOW, tmp_path)
    assert said["overview"] == [
        ("✖ Spend today: over budget", RED),
        ("✓ Spend this month: fine", PLAIN),
        ("✓ Errors: fine", PLAIN),
        ("✓ Speed: fine", PLAIN),
        ("✓ Calls: fine", PLAIN),
    ]
    assert said["cost"] == said["overview"][:2]
    assert said["pipeline"][-1] == ("▲ Prices: some missing", YELLOW)
    # An hour and a quarter later: no call since.
    later = read(reader, incident.NOW + timedelta(minutes=75), tmp_path)
    assert later["overview"][-1] == ("▲ Calls: none for an hour", YELLOW)


def test_nothing_is_not_fine(reader: Reader, tmp_path: Path) -> None:
    """A year before the first call no state is fine, but where documents are what is counted, and there are none."""
    said = read(reader, datetime(2020, 5, 1, tzinfo=UTC), tmp_path)
    assert said["overview"] == [
        ("○ Spend today: no calls today", PLAIN),
        ("○ Spend this month: no calls yet", PLAIN),
        ("○ Errors: no calls", PLAIN),
        ("○ Speed: no answers", PLAIN),
        ("○ Calls: none yet", PLAIN),
    ]
    assert said["pipeline"] == [
        ("○ Arrival: no test line yet", PLAIN),
        ("○ Completeness: no test lines", PLAIN),
        ("✓ Lines: fine", PLAIN),
        ("✓ Documents: fine", PLAIN),
        ("○ Prices: no calls", PLAIN),
    ]


def read(reader: Reader, now: datetime, folder: Path) -> dict[str, list[tuple[str, str]]]:
    """What each page's line says at a time: texts and colours."""
    sources: dict[str, list[Any]] = {}
    for source in reader.boards.sources:
        board, views = source.dashboard, reader.boards.catalogue.views
        metrics = {p.id: (p, views[p.data or board.data]) for p in board.panels if isinstance(p, Metric)}
        for panel in board.panels:
            if isinstance(panel, State):
                spec = states.spec(panel, metrics, reader.boards.settings)
                window = {"gte": board.time.from_, "lte": board.time.to}
                sources[source.slug] = [_answered(reader, data, window, now) for data in spec["data"]]
    lines = iter(_evaluated([one for page in sources.values() for one in page], now, folder))
    return {slug: [next(lines) for _ in page] for slug, page in sources.items()}


def _answered(reader: Reader, data: dict[str, Any], window: dict[str, str], now: datetime) -> Any:  # noqa: ANN401 - JSON
    """A data source with the answer of its search; Kibana's placeholders filled as for a page without a filter."""
    text = json.dumps(data["url"]["body"]).replace('{"%timefilter%": true}', json.dumps(window))
    text = re.sub(r'"%dashboard_context-[a-z_]+%"', '{"match_all": {}}', text)
    text = text.replace('"must_not": [{"match_all": {}}]', '"must_not": []')
    moment = f"{now:%Y-%m-%dT%H:%M:%SZ}||"
    text = re.sub(r'"now([^"]*)"', lambda match: json.dumps(moment + match[1]), text)
    answer = reader.search(data["url"]["index"], json.loads(text))
    return [answer, [(step["as"], step["expr"]) for step in data["transform"]]]


def _evaluated(sources: list[Any], now: datetime, folder: Path) -> list[tuple[str, str]]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    page = PAGE.replace("NOW", str(int(now.timestamp() * 1000))).replace("SOURCES", json.dumps(sources))
    file = folder / "states.html"
    file.write_text(f'<meta charset="utf-8">{page}', encoding="utf-8")
    words = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}", "--dump-dom"]
    ran = subprocess.run(
        [CHROMIUM, *words, file.as_uri()], capture_output=True, text=True, timeout=120, check=True, encoding="utf-8"
    )
    match = re.search(r'<pre id="out">(.*?)</pre>', ran.stdout)
    assert match, ran.stderr[-2000:]
    return [(text, color) for text, color in json.loads(match[1])]
