"""What a person can do after the start of the containers."""

from __future__ import annotations

from runner.runtimes.docker import settings


def after_start(url: str, prefix: str) -> str:
    """Commands that work by copy and paste."""
    kibana = settings.value("HOLYSHEEP_KIBANA_PORT", "5601")
    return f"""What next
  look       https://localhost:{kibana} (user holysheep_reader, password in {settings.secrets()}/reader_password)
  search     curl --cacert {settings.CA} -u holysheep_reader '{url}/{prefix}-*/_count'
  your logs  write them below {settings.logs()}, or post them to the webhook: docs/compose.md
  a price    edit pricing.yaml, make render: Logstash takes it within seconds
  stop       make down keeps the data, make clean removes it"""
