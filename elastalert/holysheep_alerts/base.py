"""What our rule types share: they ask Elasticsearch themselves, at the end of each run, and remember nothing.

ElastAlert's own spike and flatline rules keep what they saw in memory, and start anew when the container does. These
ask for both windows at each run instead. What was told already is in ElastAlert's index (`realert`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from elastalert.ruletypes import RuleType
from elastalert.util import EAException, dt_to_ts, elasticsearch_client
from elasticsearch.exceptions import ElasticsearchException

Json = dict[str, Any]


class Question(RuleType):
    """A rule type that is asked once a run, with the end of the time that the run covers."""

    required_options = frozenset({"holysheep"})

    def __init__(self, rules: Json, args: object = None) -> None:
        super().__init__(rules, args)
        # ElastAlert then counts the documents of a run, instead of fetching each of them.
        rules["use_count_query"] = True
        self.ours: Json = rules["holysheep"]
        self.es = elasticsearch_client(rules)

    def add_count_data(self, counts: dict[datetime, int]) -> None:
        """ElastAlert's call at each run. The counts are of no interest, their time is."""
        for end in counts:
            for match in self.find(end):
                self.add_match({"@timestamp": end, **match})

    def find(self, end: datetime) -> list[Json]:
        """The matches at a moment: `holysheep_key`, `who`, `figure`, and what else the text names."""
        raise NotImplementedError

    def ask(
        self, begin: datetime, end: datetime, aggregations: Json, *filters: Json, field: str = "@timestamp"
    ) -> Json:
        """Aggregations over documents from `begin` on, before `end`. EAException lets ElastAlert try again later."""
        times = {"range": {field: {"gte": dt_to_ts(begin), "lt": dt_to_ts(end)}}}
        own = [one.get("query", one) for one in self.rules["filter"]]
        # In this form, since ElastAlert's client looks into it for EQL.
        body = {"query": {"bool": {"filter": {"bool": {"must": [times, *own, *filters]}}}}, "aggs": aggregations}
        try:
            answer = self.es.search(index=self.rules["index"], body=body, size=0, ignore_unavailable=True)
        except ElasticsearchException as error:
            raise EAException(f"{self.rules['name']}: {str(error)[:500]}") from error
        found: Json = answer.get("aggregations", {})
        return found

    def minutes(self, key: str) -> timedelta:
        """A length of time in the rule's settings."""
        return timedelta(minutes=self.ours[key])

    def by(self, aggregations: Json) -> Json:
        """The aggregations for each value of the rule's `by`, as `values`; of all documents together without one."""
        if "by" not in self.ours:
            return aggregations
        return {"values": {"terms": {"field": self.ours["by"], "size": 1000}, "aggs": aggregations}}

    def values(self, found: Json) -> dict[str, Json]:
        """What `by` asked for, by value."""
        if "by" not in self.ours:
            return {"all calls": found}
        return {str(bucket["key"]): bucket for bucket in found.get("values", {}).get("buckets", [])}
