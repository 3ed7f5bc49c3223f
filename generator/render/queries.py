"""queries/: the query library with the card's names, as bodies of `_search` and as ES|QL, and a catalogue of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from generator.registry import queries as library
from generator.registry.queries import filled
from generator.render.dump import json_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.card.model import Card
    from generator.registry.queries import Above, Aggregation, Query

#: What is asked when nobody names a period.
SINCE: Final = "now-30d/d"
#: Names that each index gives to the ranking. By default it is 40 of the 20 that are shown: of 300 users then nearly
#: every sum lacks some days.
NAMES_A_DAY: Final = 10_000
Json = dict[str, Any]


def files(card: Card) -> dict[str, str]:
    """NAME.json and NAME.esql of each query, and catalogue.json, which the command `query` reads."""
    values = placeholders(card)
    bodies, entries = {}, {}
    for name, query in library.load().items():
        bodies[f"queries/{name}.json"] = json_text(body(query, values))
        bodies[f"queries/{name}.esql"] = _esql(query, values)
        entries[name] = {**_entry(query, values), "limits": _limits(query, card)}
    return {**bodies, "queries/catalogue.json": json_text(entries)}


def placeholders(card: Card) -> dict[str, str]:
    """The values of the placeholders."""
    last = {model.id: max(model.prices, key=lambda price: price.from_) for model in card.models}
    # Embeddings, pictures and sound cost little by the token, and answer nobody.
    chat = [name for name in last if last[name].input and last[name].output] or list(last)
    cheapest = min(chat, key=lambda name: (last[name].input + last[name].output, name))
    return {
        "prefix": card.index_prefix,
        "zone": card.budgets.timezone,
        "cheapest": cheapest,
        "cheapest_input": str(last[cheapest].input),
        "cheapest_output": str(last[cheapest].output),
    }


def body(query: Query, values: Mapping[str, str]) -> Json:
    """The body of `_search`. Its first filter is the time, so that a program can put another there."""
    since = f"now-{query.hours}h" if query.hours else SINCE
    time = {"range": {"@timestamp": {"gte": since, "time_zone": values["zone"]}}}
    search: Json = {"query": {"bool": {"filter": [time, *query.filters, *_above(query.above)]}}}
    if query.rows:
        search |= {"size": 0, "aggs": _exact(query.aggs)}
    else:
        fields = [{"field": name} for name in query.fields.values() if name != "@timestamp"]
        times = [{"field": "@timestamp", "format": "yyyy-MM-dd HH:mm:ss"}] * ("@timestamp" in query.fields.values())
        search |= {"size": query.most, "sort": [query.sort], "_source": False, "fields": [*times, *fields]}
    return _filled(search, values)


def _above(above: Above | None) -> list[Json]:
    """The filter by a script: whoever pastes the body into Kibana has Painless. The command compares by itself."""
    if above is None:
        return []
    field, per = f"doc['{above.field}']", f"doc['{above.per}']"
    both = f"{field}.size() > 0 && {per}.size() > 0 && {per}.value > 0"
    source = f"{both} && {field}.value > params.times * {per}.value"
    return [{"script": {"script": {"source": source, "params": {"times": above.times}}}}]


def _exact(aggs: Mapping[str, Aggregation]) -> Json:
    """Aggregations whose sums by name have every index in them."""
    made: Json = {}
    for name, agg in aggs.items():
        inner = {"aggs": _exact(agg.aggs)} if agg.aggs else {}
        terms = {"terms": {"shard_size": NAMES_A_DAY, **agg.kinds["terms"]}} if "terms" in agg.kinds else {}
        made[name] = {**agg.kinds, **terms, **inner}
    return made


def _esql(query: Query, values: Mapping[str, str]) -> str:
    lines = [f"// {query.title}: {query.question}", *([f"// {query.note}"] if query.note else []), query.esql.rstrip()]
    return filled("\n".join(lines) + "\n", values)


def _entry(query: Query, values: Mapping[str, str]) -> Json:
    entry: Json = {
        "title": query.title,
        "question": query.question,
        "note": query.note,
        "index": f"{{prefix}}-{query.index}-*",
        "rows": list(query.rows),
        "columns": [[head, column.value, column.format] for head, column in query.columns.items()],
        "fields": [list(pair) for pair in query.fields.items()],
        "best": query.best.model_dump() if query.best else None,
        "above": query.above.model_dump() if query.above else None,
    }
    return _filled(entry, values)


def _limits(query: Query, card: Card) -> Json | None:
    """The row that names models, and what each model that has limits may have in a minute."""
    if not query.limits:
        return None
    models = {
        name: {"rpm": limits.requests_per_minute, "tpm": limits.tokens_per_minute}
        for name, limits in card.rate_limits.items()
    }
    return {"row": query.limits, "models": models}


def _filled(data: Json, values: Mapping[str, str]) -> Json:
    """Data with the placeholders of its texts filled in."""

    def fill(value: Any) -> Any:  # noqa: ANN401  # JSON of any shape
        if isinstance(value, dict):
            return {key: fill(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [fill(inner) for inner in value]
        return filled(value, values) if isinstance(value, str) else value

    found: Json = fill(data)
    return found
