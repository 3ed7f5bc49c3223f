"""What ElastAlert needs in Elasticsearch besides its role: the template of the indices in which it keeps its state."""

from __future__ import annotations

from typing import Any, Final

from generator.alerts.render import writeback
from generator.render.dump import meta

Json = dict[str, Any]

_SOURCE: Final = "generator/render/alerts.py"
#: Above every template that Elasticsearch brings.
_PRIORITY: Final = 500
#: Times and names that ElastAlert asks by. Everything else is kept as it is, and not searched.
_FIELDS: Final[Json] = {
    **{name: {"type": "date"} for name in ("@timestamp", "alert_time", "match_time", "until", "starttime", "endtime")},
    **{name: {"type": "keyword"} for name in ("rule_name", "aggregate_id", "aggregation_key")},
    "alert_sent": {"type": "boolean"},
    "exponent": {"type": "integer"},
    **{name: {"type": "object", "enabled": False} for name in ("match_body", "alert_info", "data")},
}


def index_template(prefix: str) -> Json:
    """Indices of alerts, silences, errors and runs. `dynamic: false`: what a rule adds never is a mapping conflict."""
    return {
        "_meta": meta(_SOURCE),
        "index_patterns": [f"{writeback(prefix)}*"],
        "priority": _PRIORITY,
        "template": {
            "settings": {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}},
            "mappings": {"dynamic": False, "date_detection": False, "properties": _FIELDS},
        },
    }
