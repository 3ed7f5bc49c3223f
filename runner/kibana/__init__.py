"""Kibana's API: imports the dashboards, and exports what a person changed."""

from typing import Final

#: Seconds to wait until Kibana is ready.
WAIT_S: Final = 300.0
