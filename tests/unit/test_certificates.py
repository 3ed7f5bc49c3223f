"""Certificates of the services: their end is read from real ones, and told in time."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from runner.runtimes.docker.certificates import Certificate, end_of, words

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("days", [2, 1095, 40_000])
def test_the_end_of_a_real_certificate(days: int, tmp_path: Path) -> None:
    """As OpenSSL writes and tells it; from 2050 on the time has another form."""
    file = tmp_path / "one.crt"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", str(days), "-subj", "/CN=logstash",
         "-keyout", str(tmp_path / "key"), "-out", str(file)],
        check=True, capture_output=True,
    )  # fmt: skip
    told = subprocess.run(
        ["openssl", "x509", "-in", str(file), "-noout", "-enddate"], check=True, capture_output=True, text=True
    ).stdout.strip()
    expected = datetime.strptime(told, "notAfter=%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC)
    assert end_of(file.read_text()) == expected


def test_a_text_without_a_certificate_has_no_end() -> None:
    """An empty file, as one that is being written."""
    with pytest.raises(ValueError, match=r"PEM"):
        end_of("")


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (timedelta(days=31), []),
        (timedelta(days=29, hours=1), ["the certificate of logstash expires in 29 days."]),
        (timedelta(0), ["the certificate of logstash has expired (2026-11-28 12:00 UTC)"]),
    ],
)
def test_an_end_is_told_a_month_before(left: timedelta, told: list[str]) -> None:
    """With the page that says what to do."""
    warnings = words([Certificate("logstash", NOW + left, NOW - timedelta(days=1))], {"logstash": NOW}, NOW)
    assert len(warnings) == len(told)
    for warning, begin in zip(warnings, told, strict=True):
        assert warning.startswith(begin)
        assert "docs/compose.md" in warning


def test_the_authority_is_told_by_its_name() -> None:
    """It ends on the day on which the first certificates do; renewing these alone would not help."""
    (warning,) = words([Certificate("authority", NOW + timedelta(days=1, hours=1), NOW)], {}, NOW)
    assert warning.startswith("the certificate authority expires in 1 day. ")


@pytest.mark.parametrize(("service", "told"), [("logstash", 1), ("elasticsearch", 0)])
def test_a_service_that_reads_it_at_its_start_alone_must_be_restarted(service: str, told: int) -> None:
    """Elasticsearch takes a new one by itself; the others have the old one until then."""
    year, hour = timedelta(days=365), timedelta(hours=1)
    renewed = Certificate(service, NOW + year, NOW)
    assert len(words([renewed], {service: NOW - hour}, NOW)) == told
    assert words([renewed], {service: NOW + hour}, NOW) == []
    # One that does not run has none.
    assert words([renewed], {}, NOW) == []
