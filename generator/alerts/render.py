"""elastalert/rules/*.yaml and elastalert/config.yaml: what ElastAlert 2 reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from generator.alerts import load
from generator.alerts.model import Budget, Burn, Count, Each, Forecast, Percentile, Rate, Share
from generator.dashboards import ids, kql, settings

if TYPE_CHECKING:
    from pathlib import Path

    from generator.alerts.load import Loaded
    from generator.alerts.model import Rule
    from generator.card.model import Card
    from generator.dashboards.settings import Settings

Json = dict[str, Any]

FOLDER: Final = "elastalert"
_HEAD: Final = "# Generated from generator/registry/alerts/ and pricing.yaml. Edit those, then: make render\n"
#: ElastAlert puts environment variables into every file. `import` is its own way to share keys between rules: the
#: channels are written at the start of the container, from its environment and its secret files.
_IMPORT: Final = "import: ${HOLYSHEEP_CHANNELS}/%s.yaml\n"
#: Kinds of ours, by the class that ElastAlert loads.
OWN: Final = {
    "budget": "holysheep_alerts.spending.Budget",
    "forecast": "holysheep_alerts.spending.Forecast",
    "burn": "holysheep_alerts.spending.Burn",
    "spike": "holysheep_alerts.compare.Spike",
    "silence": "holysheep_alerts.arrival.Silence",
    "lag": "holysheep_alerts.arrival.Lag",
    "rate": "holysheep_alerts.rates.Rate",
    "drift": "holysheep_alerts.compare.Drift",
}
#: The key of a match by which our rule types tell one thing from another.
KEY: Final = "holysheep_key"
#: Values of `by` that ElastAlert looks at in one query; it takes 50 unless told.
_VALUES: Final = 1000


def files(card: Card, registry: Path) -> dict[str, str]:
    """Path in the bundle and text of each file. UserErrors names every wrong line of the registry."""
    values = settings.of(card)
    rendered = {
        f"{FOLDER}/rules/{loaded.name}.yaml": _HEAD + _IMPORT % loaded.rule.severity + _yaml(rule(loaded, values))
        for loaded in load.load(registry, values)
    }
    return {**rendered, f"{FOLDER}/config.yaml": _HEAD + _yaml(config(card))}


def writeback(prefix: str) -> str:
    """The index in which ElastAlert keeps its own state. Not PREFIX-…, which dashboards and users' searches cover."""
    return f"{prefix}_alerts"


def config(card: Card) -> Json:
    """ElastAlert's own settings; address and password of Elasticsearch come from the environment."""
    return {
        "rules_folder": "${HOLYSHEEP_ELASTALERT}/rules",
        "run_every": {"minutes": 1},
        "buffer_time": {"minutes": 15},
        # After an outage of its own, ElastAlert goes over what it missed, but no longer than this.
        "old_query_limit": {"hours": 6},
        "alert_time_limit": {"days": 2},
        "es_host": "elasticsearch",
        "es_port": 9200,
        "use_ssl": True,
        "verify_certs": True,
        "ca_certs": "${HOLYSHEEP_CA}",
        "writeback_index": writeback(card.index_prefix),
        # An error of Elasticsearch, such as a restart, would else switch a rule off until ElastAlert itself restarts.
        "disable_rules_on_error": False,
        "show_disabled_rules": False,
    }


def rule(loaded: Loaded, values: Settings) -> Json:
    """One rule of ElastAlert."""
    parsed = loaded.rule
    options = {
        "kind": parsed.kind,  # type: ignore[attr-defined]  # every rule of the union has one
        "severity": parsed.severity,
        "subject": f"[{parsed.severity}] {parsed.title}: {{{{ who }}}}",
        "text": _text(parsed, values),
        "timezone": values.zone.key,
        "dashboard": ids.dashboard_id(parsed.dashboard, values.prefix),
        **load.specifics(parsed, values),
        **_budgets(parsed, values),
        **_rate_limits(parsed, values),
    }
    return {
        "name": loaded.name,
        "index": loaded.view.pattern,
        "filter": [{"query": kql.to_dsl(kql.parse(parsed.filter))}] if parsed.filter else [],
        "realert": {"minutes": int(load.amount(parsed.repeat, values))},
        "alert_text_type": "alert_text_jinja",
        # Both are made by Describe, once, so that every channel sends the same words.
        "alert_subject": "{{ subject }}",
        "alert_text": "{{ text }}",
        "match_enhancements": ["holysheep_alerts.describe.Describe"],
        "holysheep": options,
        **_kind(loaded, values),
    }


def _text(rule_: Rule, values: Settings) -> str:
    threshold = rule_.threshold.format(**load.figures(rule_, values))
    facts = f"{rule_.text}\n\nThreshold: {threshold}.\nAt: {{{{ at }}}}\n\n"
    return f"{facts}What to do: {rule_.do}\nDashboard: {{{{ dashboard_url }}}}\n"


def _kind(loaded: Loaded, values: Settings) -> Json:
    """The keys of ElastAlert's rule type: one of its own where it can say the rule, else one of ours."""
    parsed = loaded.rule
    if isinstance(parsed, Share | Percentile | Count):
        return _sliding(parsed, values)
    if isinstance(parsed, Each):
        # Only what the text shows: ElastAlert keeps the whole match in its own index.
        include = ["@timestamp", parsed.by, parsed.figure, *parsed.show]
        window = {"minutes": int(load.amount(parsed.window, values))}
        return {"type": "any", "query_key": parsed.by, "include": include, "buffer_time": window}
    return {"type": OWN[parsed.kind], "query_key": KEY}  # type: ignore[attr-defined]  # see rule()


def _sliding(parsed: Share | Percentile | Count, values: Settings) -> Json:
    """An aggregation for each value of `by`, over the last `window` at each run."""
    window = int(load.amount(parsed.window, values))
    at_least = int(load.amount(parsed.at_least, values))
    # The windows overlap, so that lines that come late are seen as well.
    shared = {"buffer_time": {"minutes": window}, "allow_buffer_time_overlap": True, "terms_size": _VALUES}
    shared["query_key"] = parsed.by
    if isinstance(parsed, Share):
        options = {
            "type": "percentage_match",
            "match_bucket_filter": [kql.to_dsl(kql.parse(parsed.of))],
            "max_percentage": load.amount(parsed.above, values),
            "min_denominator": at_least,
        }
    elif isinstance(parsed, Percentile):
        options = {
            "type": "metric_aggregation",
            "metric_agg_key": parsed.field,
            "metric_agg_type": "percentiles",
            "percentile_range": parsed.percent,
            "max_threshold": load.amount(parsed.above, values),
            "min_doc_count": at_least,
        }
    else:
        # ElastAlert's own `frequency` does not say how many there were.
        moment = "event.created" if parsed.seen else "@timestamp"
        options = {
            "type": "metric_aggregation",
            "timestamp_field": moment,
            "metric_agg_key": moment,
            "metric_agg_type": "value_count",
            "max_threshold": at_least - 1,
        }
    return {**shared, **options}


def _budgets(parsed: Rule, values: Settings) -> Json:
    """The budgets that a rule of spending watches: of all calls, and of teams and models that have one."""
    if not isinstance(parsed, Budget | Forecast | Burn):
        return {}
    period = parsed.period if isinstance(parsed, Budget) else "month"
    fields = {"teams": "labels.team", "models": "holysheep.price.model"}
    all_calls = {"name": "all calls", "usd": str(values.number(f"budgets.{period}_usd"))}
    limits = [
        {
            "name": f"{limit.kind[:-1]} {limit.name}",
            "field": fields[limit.kind],
            "value": limit.name,
            "usd": str(limit.usd),
        }
        for limit in values.limits
        if limit.period == period
    ]
    levels = {"levels": list(values.budget_percent), "told": load.told(parsed, values)}
    return {"budgets": [all_calls, *limits], **(levels if isinstance(parsed, Budget) else {})}


def _rate_limits(parsed: Rule, values: Settings) -> Json:
    """The limits that a rule of rates watches, by model of the card."""
    if not isinstance(parsed, Rate):
        return {}
    return {
        "limits": [
            {"model": name, "requests": limits.requests_per_minute, "tokens": limits.tokens_per_minute}
            for name, limits in values.rate_limits.items()
        ]
    }


def _yaml(data: Json) -> str:
    """YAML in which `$` stands for itself alone: ElastAlert would replace `$NAME` in a team's or model's name.

    Its own names, `${HOLYSHEEP_…}`, are written by this module alone.
    """
    text = yaml.dump(data, Dumper=_Dumper, sort_keys=True, allow_unicode=True, width=120)
    return text.replace("$", "\\x24").replace("\\x24{HOLYSHEEP_", "${HOLYSHEEP_")


class _Dumper(yaml.SafeDumper):
    """Quotes what holds a `$`, so that it can be escaped."""


def _string(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    if "$" in text:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _string)
