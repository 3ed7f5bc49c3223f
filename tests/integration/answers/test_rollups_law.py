"""The law of rollups: their sums are those of the calls, whatever comes late, changes, is erased or broken off."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.answers.rollups import check, job, store
from tests.integration.answers import rollups
from tests.integration.answers.documents import CLAUDE, GPT, MYSTERY, PREFIX
from tests.integration.answers.rollups import COST, ORDER, documents, total, value

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

Json = dict[str, Any]
pytestmark = [pytest.mark.integration, pytest.mark.newest]
#: Each example has a day of its own, so that indices need not be made anew.
FIRST_DAY: Final = date(2025, 1, 1)
_examples = itertools.count()
TOKENS = "gen_ai.usage.input_tokens"

CALL = st.fixed_dictionaries(
    {
        "minute": st.integers(0, 1439),
        "model": st.sampled_from([GPT, CLAUDE, MYSTERY]),
        COST: st.one_of(st.integers(0, 10**9), st.integers(2**53 - 2, 2**53 + 2)),
        TOKENS: st.integers(0, 10**6),
        "labels.team": st.sampled_from(["a", "b"]),
        "event.outcome": st.sampled_from(["success", "failure"]),
    }
)
#: What happens one after another: a call comes, is priced anew or erased (that of a number), a run is killed after some
#: of its bulk requests, or runs.
STEP = st.one_of(
    st.tuples(st.just("come"), CALL),
    st.tuples(st.just("price"), st.tuples(st.integers(0, 99), st.integers(0, 2**53 + 2))),
    st.tuples(st.just("erase"), st.integers(0, 99)),
    st.tuples(st.just("kill"), st.integers(0, 6)),
    st.tuples(st.just("run"), st.none()),
)


class World:
    """The calls as plain numbers, beside those in Elasticsearch."""

    def __init__(self, es: Elasticsearch) -> None:
        """Nothing yet."""
        self.es = es
        self.calls: dict[str, Json] = {}
        self.numbers = itertools.count()
        self.day = FIRST_DAY + timedelta(days=next(_examples))
        self.index = f"{PREFIX}-api-{self.day:%Y.%m.%d}"
        self.order = replace(ORDER, zone="UTC").between(self.day, self.day)
        self.run()

    def run(self) -> None:
        """Bring the rollups of the day up to date."""
        job.run(self.es, self.order)

    def step(self, kind: str, value_: Any) -> None:  # noqa: ANN401 - what the strategies make
        """One of the things that happen."""
        if kind == "come":
            self.come(value_)
        elif kind == "kill":
            self.killed(value_)
        elif kind == "run":
            self.run()
        elif self.calls:
            place = value_[0] if kind == "price" else value_
            id_ = list(self.calls)[place % len(self.calls)]
            self.price(id_, value_[1]) if kind == "price" else self.erase(id_)

    def come(self, call: Json) -> None:
        """A call, of any minute of the day."""
        minute = call["minute"]
        fields = {name: value for name, value in call.items() if name not in ("minute", "model")} | call["model"]
        source = {"@timestamp": f"{self.day}T{minute // 60:02d}:{minute % 60:02d}:30.000Z", **fields}
        id_ = f"{self.day}-{next(self.numbers)}"
        self.es.index(index=self.index, id=id_, document=source, refresh=True)
        self.calls[id_] = source

    def price(self, id_: str, nano: int) -> None:
        """As re-pricing does it: the whole document anew."""
        self.calls[id_] = self.calls[id_] | {COST: nano}
        self.es.index(index=self.index, id=id_, document=self.calls[id_], refresh=True)

    def erase(self, id_: str) -> None:
        """As an erasure does it: told first."""
        rollups.erase(self.es, id_)
        del self.calls[id_]

    def killed(self, allowed: int) -> None:
        """A run that ends without a word before one of its bulk requests."""
        sent, left = store.send, [allowed]

        def send(*args: Any) -> None:  # noqa: ANN401 - as `send` takes them
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            sent(*args)

        store.send = send
        try:
            self.run()
        except KeyboardInterrupt:
            pass
        finally:
            store.send = sent

    def expected(self) -> Json:
        """Sums by model and team, and of all, in Python's integers."""
        sums: Json = {}
        for call in self.calls.values():
            name = call.get("holysheep.price.model") or call["gen_ai.request.model"]
            key = (name, call["labels.team"], call["event.outcome"])
            old = sums.get(key, (0, 0, 0))
            sums[key] = (old[0] + 1, old[1] + call[COST], old[2] + call[TOKENS])
        return sums

    def actual(self, kind: str) -> Json:
        """The same out of the rollups."""
        groups: dict[Any, list[Json]] = {}
        for document in documents(self.es, kind).values():
            if not document["@timestamp"].startswith(f"{self.day}"):
                continue
            name = value(document, "holysheep.price.model") or value(document, "gen_ai.request.model")
            key = (name, value(document, "labels.team"), value(document, "event.outcome"))
            groups.setdefault(key, []).append(document)
        names = ("holysheep.rollup.calls", COST, TOKENS)
        return {key: tuple(total(found, name) for name in names) for key, found in groups.items()}


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, min_size=1, max_size=12))
def test_the_sums_are_those_of_the_calls(templated: Elasticsearch, steps: list[tuple[str, Any]]) -> None:
    """After one more run the rollups are the sums of the calls' integers, and stay so when the calls are gone."""
    world = World(templated)
    for kind, value_ in steps:
        world.step(kind, value_)
    world.run()
    expected = world.expected()
    assert world.actual("rollups") == world.actual("daily") == expected
    assert check.check(templated, world.order).differences == []
    if templated.indices.exists(index=world.index):
        templated.indices.delete(index=world.index)
    world.run()
    assert world.actual("rollups") == world.actual("daily") == expected


@pytest.fixture(autouse=True)
def _alone(templated: Elasticsearch) -> None:
    rollups.wipe(templated)
