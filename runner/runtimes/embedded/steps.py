"""The next commands after a start of the embedded mode."""

from __future__ import annotations

from pathlib import Path

from runner.runtimes.embedded import secret


def after_start(url: str, prefix: str) -> str:
    """Commands that work by copy and paste."""
    folder = _short(secret.FOLDER)
    return f"""What next
  look       make report, and open the page that it names
  search     curl --cacert {folder}/ca.crt -u {secret.READER} '{url}/{prefix}-*/_count'
             (asks for a password; it is in {folder}/passwords.json)
  try a line .venv/bin/holysheep-elk process FILE
  your logs  .venv/bin/holysheep-elk up FILE_OR_FOLDER
  stop       make down keeps the data, make clean removes it
  Kibana, Logstash and Filebeat come with Docker: make up where a Docker engine runs"""


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
