"""The certificates of the services: when they end, and whether a service still has the one before."""

from __future__ import annotations

import io
import re
import ssl
import tarfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from docker.errors import DockerException

from runner.findings import Finding
from runner.runtimes.docker import engine
from runner.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docker.models.containers import Container

#: The service that makes them. It has the volume of each certificate, and stays as a container that has ended.
MAKER: Final = "certs"
VOLUME: Final = re.compile(r"_(?:certs-([a-z]+)|authority)$")
#: Stands for the authority among the services. All certificates end with it.
AUTHORITY: Final = "authority"
#: From here on a warning is given. A person may be on holiday for some weeks.
SOON: Final = timedelta(days=30)
#: Takes a new certificate by itself within a minute. All others read theirs at the start alone.
RELOADS: Final = "elasticsearch"
#: The two times of a certificate's validity, which follow each other: tag and length, digits, Z.
_TIME: Final = rb"(?:\x17\x0d(\d{12})|\x18\x0f(\d{14}))Z"
VALIDITY: Final = re.compile(_TIME + _TIME)
RENEW: Final = "docs/compose.md (certificates) says how to renew it"


@dataclass(frozen=True)
class Certificate:
    """A service's certificate: until when it is valid, and when its file was written."""

    service: str
    ends: datetime
    written: datetime


def look(containers: Iterable[Mapping[str, Any]]) -> list[str]:
    """A warning for each certificate that somebody must do something about. `containers`: from `engine.containers`."""
    rows = list(containers)
    running = {str(row["Service"]): str(row["Name"]) for row in rows if row["State"] == "running"}
    maker = next((row["Name"] for row in rows if row["Service"] == MAKER), None)
    if maker is None:
        return []
    try:
        found = _read(engine.client().containers.get(maker))
        started = {
            each.service: _moment(engine.client().containers.get(running[each.service]).attrs["State"]["StartedAt"])
            for each in found
            if each.service in running
        }
    except DockerException:
        return []
    return words(found, started, datetime.now(UTC))


def findings(containers: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """The same for `doctor`."""
    return [Finding("certificates", "warning", text, "docs/compose.md") for text in look(containers)]


def words(certificates: Iterable[Certificate], started: Mapping[str, datetime], now: datetime) -> list[str]:
    """The warnings. `started`: service → when its container was started."""
    warnings = []
    for each in certificates:
        name, left = each.service, each.ends - now
        what = "the certificate authority" if name == AUTHORITY else f"the certificate of {name}"
        if left <= timedelta(0):
            when = f"{each.ends:%Y-%m-%d %H:%M} UTC"
            warnings.append(f"{what} has expired ({when}): new connections by TLS fail. {RENEW}")
        elif left < SOON:
            warnings.append(f"{what} expires in {counted(left.days, 'day')}. {RENEW}")
        if name != RELOADS and name in started and started[name] < each.written:
            warnings.append(f"{name} still has its old certificate: {engine.RESTART} {name}")
    return warnings


def end_of(pem: str) -> datetime:
    """The time until which a certificate (PEM) is valid. ValueError when the text holds none."""
    match = VALIDITY.search(ssl.PEM_cert_to_DER_cert(pem.strip()))
    if match is None:
        raise ValueError("no certificate")
    short, long = match[3], match[4]
    # Two digits of the year: from 50 on they are of the last century (RFC 5280).
    digits = (long or (b"19" if short >= b"5" else b"20") + short).decode("ascii")
    return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _read(maker: Container) -> list[Certificate]:
    found = []
    for mount in maker.attrs["Mounts"]:
        volume = VOLUME.search(str(mount.get("Name", "")))
        if volume is None:
            continue
        name = volume[1] or AUTHORITY
        try:
            chunks, _ = maker.get_archive(f"{mount['Destination']}/{volume[1] or 'ca'}.crt")
            with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
                member = archive.getmembers()[0]
                file = archive.extractfile(member)
                text = file.read().decode("ascii") if file else ""
            found.append(Certificate(name, end_of(text), datetime.fromtimestamp(int(member.mtime), UTC)))
        except (DockerException, ValueError):
            # It was never made, or is being made.
            continue
    return sorted(found, key=lambda each: each.service)


def _moment(text: str) -> datetime:
    """A time of the engine, which has nanoseconds."""
    return datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)
