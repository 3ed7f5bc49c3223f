"""`classify`: asks a model for the category of errors that no rule knows, once for each message template."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from generator import card as cards
from generator.card.rules import price_part
from generator.errors import UserError
from generator.paths import PRICING
from generator.registry.errors import load_errors
from generator.registry.learned import Learned, load
from runner.classify import documents
from runner.classify.ask import Answer, Endpoint, ask_all, batches, estimate
from runner.classify.learned import save
from runner.classify.spend import Spend
from runner.commands.schedule import repeat
from runner.report import source
from runner.runtimes import choose
from runner.words import counted

if TYPE_CHECKING:
    import argparse
    from contextlib import AbstractContextManager
    from pathlib import Path

    from elasticsearch import Elasticsearch


def run(args: argparse.Namespace) -> int:
    """Exit code 0, or 1 when a batch was not answered."""
    if args.review:
        return _review(args.learned)
    if args.every is not None and args.every < 1:
        raise UserError("a time is at least 1 minute", where="--every", hint="write --every 60")
    if args.every:
        repeat(args.every, lambda: _classify(args))
    return _classify(args)


def _classify(args: argparse.Namespace) -> int:
    from runner.classify.template import Templates  # noqa: PLC0415  # Drain3 is an extra

    card = cards.load(PRICING)
    spend = Spend(args.logs, price_part(card))
    known = _known(args.learned)
    with _connect(args) as es, source.in_words():
        counts = documents.unknown_messages(es, card.index_prefix)
        templates = Templates(known).of_all(counts)
        new = sorted(set(templates.values()) - set(known))
        print(
            f"{counted(sum(counts.values()), 'unknown error')}, "
            f"{counted(len(set(templates.values())), 'template')}, {len(new)} of them new"
        )
        if args.dry_run:
            _print_cost(args, spend, new)
            return 0
        failed = _ask(args, spend, known, new)
        save(args.learned, known.values())
        verdicts = {
            message: known[template]
            for message, template in templates.items()
            if template in known and _usable(known[template])
        }
        changed = documents.update(es, card.index_prefix, verdicts, f"errors classified by {args.model}")
    print(f"{counted(changed, 'document')} with a category now; the verdicts are in {args.learned}")
    return 1 if failed else 0


def _connect(args: argparse.Namespace) -> AbstractContextManager[Elasticsearch]:
    """Connect to the cluster that the options name, else to this checkout's with the right to change documents."""
    return source.connect(args, None) if args.url else choose.used().elasticsearch("admin")


def _known(path: Path) -> dict[str, Learned]:
    return load(path, [category.name for category in load_errors().categories])


def _usable(learned: Learned) -> bool:
    return learned.state != "refused" and learned.category != "unknown_error"


def _print_cost(args: argparse.Namespace, spend: Spend, new: list[str]) -> None:
    requests = batches(new)
    tokens = [estimate(batch) for batch in requests]
    total = (sum(input_ for input_, _ in tokens), sum(output for _, output in tokens))
    cost = spend.cost(args.model, *total) if requests else 0.0
    shown = f"{cost:.6f} USD" if cost is not None else f"no price for {args.model} in pricing.yaml"
    print(f"would send {counted(len(requests), 'request')}, about {total[0]} + {total[1]} tokens, {shown}")
    for template in new:
        print(f"  {template[:150]}")


def _ask(args: argparse.Namespace, spend: Spend, known: dict[str, Learned], new: list[str]) -> int:
    """Ask for the new templates, and add the verdicts to `known`.

    Returns the number of batches that were not answered, or not sent because of the day's limit.
    """
    key = os.environ.get("HOLYSHEEP_API_KEY", "")
    if new and not key:
        raise UserError("there is no key for the model's service", hint="set HOLYSHEEP_API_KEY, or use --dry-run")
    allowed = _within_limit(args, spend, batches(new))
    failed = len(batches(new)) - len(allowed)
    endpoint = Endpoint(args.model_url, key, args.model)
    day = datetime.now(UTC).date().isoformat()
    for _, answer in ask_all(endpoint, allowed):
        if not isinstance(answer, Answer):
            failed += 1
            spend.log(args.model_url, args.model, (0, 0), 0.0, answer.what)
            print(f"not answered: {answer}")
            continue
        spend.log(args.model_url, args.model, (answer.input_tokens, answer.output_tokens), answer.seconds, None)
        for verdict in answer.verdicts:
            known[verdict.template] = Learned(
                verdict.template, verdict.category, verdict.confidence, verdict.suggestion, args.model, day
            )
    return failed


def _within_limit(args: argparse.Namespace, spend: Spend, requests: list[list[str]]) -> list[list[str]]:
    """The batches whose estimated cost fits into the rest of the day's limit."""
    rest_usd = args.limit_usd - spend.today()
    allowed: list[list[str]] = []
    for batch in requests:
        cost = spend.cost(args.model, *estimate(batch))
        if cost is None:
            hint = "add the model to pricing.yaml, or choose another --model"
            raise UserError(f"pricing.yaml has no price for {args.model!r}, so the limit can't be kept", hint=hint)
        rest_usd -= cost
        if rest_usd < 0:
            print(f"the day's limit of {args.limit_usd} USD is reached; {len(requests) - len(allowed)} batches wait")
            break
        allowed.append(batch)
    return allowed


def _review(path: Path) -> int:
    known = _known(path)
    waiting = [rule for rule in known.values() if rule.state == "open"]
    print(f"{len(waiting)} to review")
    for rule in waiting:
        print(json.dumps({"template": rule.template, "category": rule.category, "confidence": rule.confidence}))
        try:
            answer = input("accept, refuse, or skip? [a/r/s] ").strip().lower()
        except EOFError:
            print("\nno more answers; the rest stays open")
            return 0
        if answer in ("a", "r"):
            state = "accepted" if answer == "a" else "refused"
            known[rule.template] = Learned(**{**vars(rule), "state": state})
            save(path, known.values())
    return 0
