"""The job of the rollups with the rights of its own role, and a report of gone calls with those of a reader."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from elasticsearch import AuthorizationException

from generator import card as cards
from generator.paths import PRICING
from runner.answers import periods, report
from runner.answers.rollups import check, job
from tests.integration import people as testers
from tests.integration.answers.documents import CALLS, NOW, actions
from tests.integration.answers.rollups import ORDER

if TYPE_CHECKING:
    from tests.integration.node import Node

pytestmark = [pytest.mark.integration, pytest.mark.newest]
JOB, READER = "holysheep_rollup", "holysheep_reader"


def test_the_roles_are_enough(empty: Node) -> None:
    """The job adds up and compares, and can't write a call; the reader's report of the deleted calls is exact."""
    testers.add(empty, [JOB, READER])
    order = replace(ORDER, prefix=empty.prefix, zone="UTC")
    with empty.client() as admin:
        for action in actions(empty.prefix):
            admin.index(index=action["_index"], document=action["_source"])
        es = testers.login(admin, JOB)
        assert sum(done.quarters for done in job.run(es, order).done) == len(CALLS)
        assert check.check(es, order).differences == []
        with pytest.raises(AuthorizationException):
            es.index(index=f"{empty.prefix}-api-2026.03.10", document={"@timestamp": "2026-03-10T00:00:00Z"})
        admin.indices.delete(index=list(admin.indices.get(index=f"{empty.prefix}-api-*")))
        card = cards.load(PRICING)
        question = report.Question(periods.parse("2026-03", "UTC", NOW), "team", 20, NOW)
        found = report.read(testers.login(admin, READER), card, question)
    assert found.usage.all.now.sums["cost_nano"] == 1_326_300_000
    assert found.gone
