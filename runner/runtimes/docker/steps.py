"""The next commands after a start of the containers."""

from __future__ import annotations

from typing import Final

from generator.dashboards.ids import dashboard_id
from runner.runtimes.docker import settings

#: The time range of the samples (one day) in the form of Kibana's addresses: outside of it the dashboards are empty.
_SAMPLES: Final = "(time:(from:'2025-01-15T00:00:00.000Z',to:'2025-01-16T00:00:00.000Z'))"


def after_start(url: str, prefix: str) -> str:
    """Commands that work by copy and paste."""
    kibana = settings.port("HOLYSHEEP_KIBANA_PORT")
    page = f"https://localhost:{kibana}/app/dashboards#/view/{dashboard_id('overview', prefix)}"
    return f"""What next
  samples    {page}?_g={_SAMPLES}
  your own   {page}
             (user holysheep_reader, password in {settings.secrets()}/reader_password)
  search     curl --cacert {settings.CA} -u holysheep_reader '{url}/{prefix}-*/_count'
  your logs  write them below {settings.logs()}, or post them to the webhook: docs/compose.md
  a price    edit pricing.yaml, make render: Logstash takes it within seconds
  stop       make down keeps the data, make clean removes it"""
