"""Kibana's API: imports the dashboards, and exports what a person changed."""

from typing import Final

#: Where `make up` has it, unless HOLYSHEEP_KIBANA_PORT says otherwise.
LOCAL: Final = "https://localhost:5601"
#: Seconds to wait until Kibana is ready.
WAIT_S: Final = 300.0
