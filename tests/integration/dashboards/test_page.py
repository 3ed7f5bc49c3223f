"""The report in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from generator.paths import STATE
from runner.report import page

if TYPE_CHECKING:
    from pathlib import Path

    from runner.report.shown import Reader

pytestmark = [pytest.mark.integration, pytest.mark.newest]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARTIFACTS = STATE / "artifacts"


@pytest.fixture(scope="module")
def html(reader: Reader) -> str:
    """The page of the hand-made documents."""
    return page.html(reader, replayed=True)


def test_page_needs_nothing_else(html: str) -> None:
    """The page names no other file or host, and forbids scripts and the network."""
    assert not re.search(r"(src|href)=.(https?:)?//|url\(|@import|<script|<link rel=.stylesheet", html)
    assert "Content-Security-Policy\" content=\"default-src 'none'" in html
    assert len(html.encode()) < 2_000_000


def test_log_text_stays_text(html: str) -> None:
    """A model's name that is HTML is shown as text, in tables and in charts."""
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_charts_have_words(html: str) -> None:
    """Each chart has a description and a table; each table a caption."""
    charts = html.count("<figure")
    assert charts > 15
    assert html.count("<summary>Table</summary>") == charts
    assert html.count("<table>") == html.count("<caption")
    assert all('role="img" aria-label="' in svg for svg in re.findall(r"<svg[^>]*>", html))


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
@pytest.mark.parametrize(("name", "width", "height"), [("desk", 1280, 9000), ("phone", 390, 16000)])
def test_browser(html: str, name: str, width: int, height: int, tmp_path: Path) -> None:
    """Chromium opens the page without a word on the console; the screenshot is kept."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    file, picture = tmp_path / "report.html", ARTIFACTS / f"report-{name}.png"
    file.write_text(html, encoding="utf-8")
    picture.unlink(missing_ok=True)
    words = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr", "--v=0"]
    ran = subprocess.run(
        [
            str(CHROMIUM), *words, f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={width},{height}",
            f"--screenshot={picture}", file.as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert picture.is_file(), ran.stderr[-2000:]
    assert picture.stat().st_size > 50_000
    assert [line for line in ran.stderr.splitlines() if "CONSOLE" in line] == []
