"""Addresses, the certificate authority, and clients for the services in the containers."""

from __future__ import annotations

import base64
import io
import tarfile
from typing import Final

from docker.errors import DockerException
from elasticsearch import Elasticsearch

from generator.errors import UserError
from runner.host.files import write_private
from runner.kibana.client import Kibana
from runner.runtimes.docker import engine, secrets, settings

#: Service → path of the authority's certificate in its container, in the order of preference.
AUTHORITY: Final = {
    "logstash": "/usr/share/logstash/certs/ca.crt",
    "elasticsearch": "/usr/share/elasticsearch/config/certs/ca.crt",
}
DATA: Final = "elasticsearch-data"
#: path.repo of compose.yaml: the folder of the volume `backup`.
BACKUP: Final = "/usr/share/elasticsearch/backup"


def elasticsearch_url() -> str:
    """The address of the bundle's own Elasticsearch on this machine."""
    return f"https://localhost:{settings.port('HOLYSHEEP_ELASTICSEARCH_PORT')}"


def elasticsearch(user: str, secret: str) -> Elasticsearch:
    """A client with the rights of that user. `secret`: the name of the file with its password."""
    login = (user, secrets.read(secret))
    return Elasticsearch(elasticsearch_url(), ca_certs=str(settings.CA), basic_auth=login, request_timeout=60)


def kibana() -> Kibana | None:
    """Kibana with the rights of the user elastic; None when no Kibana of the bundle runs."""
    if not any(row["Service"] == "kibana" and row["State"] == "running" for row in engine.containers()):
        return None
    login = base64.b64encode(f"elastic:{secrets.read('elastic_password')}".encode()).decode()
    port = settings.port("HOLYSHEEP_KIBANA_PORT")
    return Kibana(f"https://localhost:{port}", ca=settings.CA, auth=f"Basic {login}")


def fetch_authority() -> None:
    """Copy the authority's certificate out of a container. UserError when no container has it."""
    by_service = {row["Service"]: row["Name"] for row in engine.containers()}
    for service, path in AUTHORITY.items():
        if service not in by_service:
            continue
        try:
            chunks, _ = engine.client().containers.get(by_service[service]).get_archive(path)
        except DockerException:
            continue
        with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
            file = archive.extractfile(archive.getmembers()[0])
            if file is not None:
                write_private(settings.CA, file.read().decode("ascii"))
                return
    raise UserError("no container has the authority's certificate", where="docker", hint="see `make logs`")


def data_exists() -> bool:
    """Whether a volume with Elasticsearch's data exists."""
    config = engine.config()
    volume = config.get("volumes", {}).get(DATA)
    if volume is None:
        return False
    try:
        engine.client().volumes.get(volume.get("name", DATA))
    except DockerException:
        return False
    return True
