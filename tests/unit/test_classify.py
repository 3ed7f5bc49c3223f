"""`classify` against a real local HTTP server that speaks the OpenAI API."""

from __future__ import annotations

import argparse
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tenacity import wait_none

from generator import card as cards
from generator.card.rules import price_part
from generator.errors import UserError
from generator.paths import PRICING
from generator.registry import errors
from generator.registry.errors import load_errors
from generator.registry.learned import Learned, compiled, load
from holysheep.errors import generalise, shorten
from holysheep.errors.phrases import Phrases
from runner.classify.ask import BATCH, Answer, Endpoint, ask_all, batches, estimate, read
from runner.classify.learned import save
from runner.classify.spend import FILE, Spend
from runner.classify.template import Templates
from runner.commands import classify
from tests.model_server import Model, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def model() -> Iterator[Model]:
    """A running server."""
    with running() as server:
        yield server


def endpoint(model: Model) -> Endpoint:
    """The client's side, without pauses between tries."""
    return Endpoint(model.url, "a-key", "deepseek-v3.2", timeout=10, wait=wait_none())


def test_ten_templates_go_into_one_prompt(model: Model) -> None:
    """23 templates are three requests of 10, 10 and 3, and each gets its verdict."""
    templates = [f"the flux number {chr(97 + n)} is odd" for n in range(23)]
    answers = [answer for _, answer in ask_all(endpoint(model), batches(templates))]
    assert sorted(r["messages"][1]["content"].count("\n") + 1 for r in model.requests) == [3, BATCH, BATCH]
    assert [v.template for a in answers if isinstance(a, Answer) for v in a.verdicts] == templates
    assert set(model.keys) == {"Bearer a-key"}
    assert model.requests[0]["response_format"]["json_schema"]["strict"] is True


def test_an_overloaded_service_is_asked_again(model: Model) -> None:
    """Two times HTTP 503, then an answer: three requests, one verdict."""
    model.fail_first = 2
    [(_, answer)] = ask_all(endpoint(model), [["flux is odd"]])
    assert isinstance(answer, Answer)
    assert len(answer.verdicts) == 1
    assert len(model.requests) == 3


def test_a_service_that_stays_away_is_an_error_and_no_verdict(model: Model) -> None:
    """After three tries the batch is given up for this run."""
    model.fail_first = 9
    [(_, answer)] = ask_all(endpoint(model), [["flux is odd"]])
    assert isinstance(answer, UserError)
    assert "HTTP 503" in answer.what
    assert len(model.requests) == 3


@pytest.mark.parametrize(
    "content",
    [
        "Sure! Here are the categories.",
        '{"verdicts": [{"index": 9, "category": "rate_limit_error", "confidence": 1, "suggestion": "x"}]}',
        '{"verdicts": [{"index": 1, "category": "my_category", "confidence": 1, "suggestion": "x"}]}',
        '{"verdicts": [{"index": 1, "category": "rate_limit_error", "confidence": 7, "suggestion": "x"}]}',
        '{"verdicts": "none"}',
    ],
)
def test_an_answer_of_another_form_gives_no_verdict(content: str) -> None:
    """What the schema forbids is left out, never guessed."""
    assert read(["flux is odd"], {"choices": [{"message": {"content": content}}]}).verdicts == ()


def test_nothing_of_a_call_is_left_in_a_template() -> None:
    """Keys, ids, addresses, numbers and quoted values are gaps."""
    message = (
        "user kim@example.com key sk-abcdef0123456789 run 3f2a9c77-1b2c-4d5e-8f90-aa11bb22cc33 "
        "at https://x.example/a?k=1 took 3012 ms for 'Seoul'"
    )
    template = generalise(message)
    for secret in ("kim", "sk-abc", "3f2a9c77", "x.example", "3012", "Seoul"):
        assert secret not in template
    assert template.startswith("user <*> key <*>")


def test_messages_of_one_kind_share_a_template() -> None:
    """Two messages that differ in a word and a number are one template, another is its own."""
    actual = Templates().of_all(
        ["parts were lost in shard alpha, 3 of 9", "parts were lost in shard beta, 4 of 9", "no widget"]
    )
    assert list(actual.values()) == ["parts were lost in shard <*> <*> of <*>"] * 2 + ["no widget"]


def test_the_next_message_of_a_known_template_is_known() -> None:
    """What was asked once is recognised in a later run, though its words differ."""
    [template] = set(
        Templates().of_all(["parts were lost in shard alpha, 3", "parts were lost in shard beta, 4"]).values()
    )
    assert Templates([template]).of_all(["parts were lost in shard gamma, 5"]) == {
        "parts were lost in shard gamma, 5": template
    }


def test_a_long_message_is_cut_as_the_document_says() -> None:
    """The first 20 lines, the last 10, at most 4,000 letters."""
    lines = shorten("\n".join(f"line {n}" for n in range(100))).split("\n")
    assert lines == [f"line {n}" for n in range(20)] + ["..."] + [f"line {n}" for n in range(90, 100)]
    assert len(shorten("x" * 9000)) == 4000


def test_own_calls_are_lines_that_the_bundle_prices(tmp_path: Path) -> None:
    """100 + 20 tokens of deepseek-v3.2, and what today's lines add up to, also behind one that a full disk cut."""
    spend = Spend(tmp_path, price_part(cards.load(PRICING)))
    cost = spend.log("http://x/v1", "deepseek-v3.2", (100, 20), 0.5, None)
    spend.log("http://x/v1", "deepseek-v3.2", (100, 20), 0.5, None)
    # 0.42 and 2.70 USD per million tokens since 2025-05-14.
    assert cost == pytest.approx(0.000042 + 0.000054)
    assert spend.today() == pytest.approx(2 * cost)
    with (tmp_path / FILE).open("a") as log:
        log.write('{"timestamp": "20')
    later = Spend(tmp_path, price_part(cards.load(PRICING)))
    assert later.log("http://x/v1", "deepseek-v3.2", (100, 20), 0.5, None) == cost
    assert spend.today() == pytest.approx(3 * cost)
    line = json.loads((tmp_path / FILE).read_text().splitlines()[0])
    assert {"request_tokens", "response_tokens", "status_code", "endpoint"} <= set(line)
    assert estimate(["flux is odd"])[1] == 80


def test_verdicts_are_kept_with_their_origin(tmp_path: Path) -> None:
    """A file that is written is read again the same; a state that is none is named with its line."""
    path = tmp_path / "errors.learned.yaml"
    learned = Learned("flux <*> is odd", "rate_limit_error", 0.9, "wait", "deepseek-v3.2", "2026-11-24")
    categories = [category.name for category in load_errors().categories]
    save(path, [learned])
    assert load(path, categories) == {learned.template: learned}
    path.write_text(path.read_text().replace("state: open", "state: maybe"))
    with pytest.raises(UserError, match="state is one of open, accepted, refused") as caught:
        load(path, categories)
    assert caught.value.where == f"{path.name}:5"


def test_an_accepted_verdict_becomes_a_rule_of_the_filter() -> None:
    """A template's parts are looked for in order; one of two words would fit too much and stays out."""
    learned = Learned("flux <*> is very odd: <*>", "rate_limit_error", 0.9, "wait", "m", "2026-11-24", "accepted")
    rule = {"category": "rate_limit_error", "suggestion": "wait", "words": [[" flux ", " is very odd "]], "wide": []}
    assert compiled(learned) == rule
    assert compiled(replace(learned, template="<*> is odd")) is None


def test_a_person_reviews_the_verdicts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Accepted, refused, skipped; at the end of the input the rest stays open, and what was answered is kept."""
    path = tmp_path / "errors.learned.yaml"
    names = [f"the flux of {word} is odd" for word in ("alpha", "beta", "delta", "gamma")]
    save(path, [Learned(name, "rate_limit_error", 0.9, "wait", "m", "2026-11-24") for name in names])
    monkeypatch.setattr("sys.stdin", io.StringIO("a\nR\ns\n"))
    assert classify.run(argparse.Namespace(review=True, learned=path)) == 0
    known = load(path, [category.name for category in load_errors().categories])
    assert [known[name].state for name in names] == ["accepted", "refused", "open", "open"]
    # What is accepted goes before the rules of errors.yaml; the message had none.
    message = "sorry, the flux of alpha is odd"
    assert Phrases(errors.error_rules()["rules"]).find(message) is None
    monkeypatch.setattr("generator.registry.learned.PATH", path)
    rules = errors.error_rules()["rules"]
    rule = Phrases(rules).find(message)
    assert rule is not None
    assert rule["category"] == "rate_limit_error"
    assert Phrases(rules).find("sorry, the flux of beta is odd") is None
