"""The Elasticsearch that a report reads: the embedded one of this checkout, or one given by URL."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch

from generator.errors import UserError
from generator.files import read_text
from runner.cluster import key_file, patience, refused
from runner.cluster.reasons import reason_of, unanswered
from runner.host import authority
from runner.report.arguments import add_arguments

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from runner.runtime import Right, Runtime

__all__ = ["Source", "add_arguments", "connect", "in_words"]

Json = dict[str, Any]


@contextmanager
def connect(args: argparse.Namespace, runtime: Runtime | None, right: Right = "reader") -> Iterator[Elasticsearch]:
    """Connect to the cluster that the options name with their user, else to the cluster of `runtime` with a right.

    UserError when the options name no cluster and `runtime` is None, and for what Elasticsearch refuses or leaves
    unanswered meanwhile.
    """
    if args.url:
        with named(args) as es, in_words():
            yield es
    elif runtime is None:
        raise UserError("no Elasticsearch of this checkout runs", hint="run `make up`, or name one with --url")
    else:
        with runtime.elasticsearch(right) as es, in_words():
            yield es


def in_words() -> AbstractContextManager[None]:
    """Tell as a UserError what Elasticsearch refuses or leaves unanswered in a block."""
    return patience.words(_refusal)


def _refusal(error: ApiError) -> str | None:
    if error.meta.status not in (401, 403):
        return None
    return refused.advice(reason_of(error)) or "the user lacks a right, or the password is wrong: docs/roles.md"


def named(args: argparse.Namespace) -> Elasticsearch:
    """A client of the cluster that the options of `add_arguments` name, with their user."""
    if args.ca:
        authority.check(args.ca)
    options: dict[str, Any] = {"request_timeout": 60}
    if args.ca:
        options["ca_certs"] = str(args.ca)
    if args.api_key_file:
        options["api_key"] = _key(args.api_key_file)
    elif key := os.environ.get("ELASTICSEARCH_API_KEY"):
        options["api_key"] = key
    elif args.login:
        options["basic_auth"] = (args.login, _password(args.password_file))
    try:
        return Elasticsearch(args.url.split(), **options)
    except ValueError as error:
        raise UserError(str(error), where=args.url, hint="write https://host:9200") from None


def _password(file: Path | None) -> str:
    if file is None:
        return os.environ.get("ELASTICSEARCH_PASSWORD", "")
    return read_text(file, "see --password-file").strip()


def _key(file: Path) -> tuple[str, str]:
    text = key_file.read(file)
    if text is None:
        raise UserError("there is no such file", where=str(file), hint="--api-key-file takes a file with an API key")
    return key_file.pair(text)


class Source:
    """Searches in the bundle's indices."""

    def __init__(self, client: Elasticsearch, prefix: str) -> None:
        """`prefix` is the card's index prefix."""
        self.client, self.prefix = client, prefix

    def search(self, indices: str, body: Json) -> Json:
        """The response of one search. Indices that do not exist yet count as empty."""
        response = self.client.search(index=indices, ignore_unavailable=True, allow_no_indices=True, **_words(body))
        answer: Json = response.body
        return answer

    def newest(self) -> datetime | None:
        """The time of the newest event, None when there is none. UserError when Elasticsearch can't be asked."""
        body = {"size": 0, "aggs": {"newest": {"max": {"field": "@timestamp"}}}}
        # Left out: errors (copies of calls), and kinds whose documents may carry the time of their arrival.
        pattern = ",".join(f"{self.prefix}-{name}-*" for name in ("api", "audit", "access", "system"))
        try:
            value = self.search(pattern, body).get("aggregations", {}).get("newest", {}).get("value")
        except ApiError as error:
            hint = refused.advice(reason_of(error)) or "the user needs to read the indices: docs/roles.md"
            raise UserError(f"Elasticsearch refuses: {error}", hint=hint) from None
        except TransportError as error:
            raise unanswered(error, "check --url and --ca") from None
        return datetime.fromtimestamp(value / 1000, UTC) if value else None


def _words(body: Json) -> Json:
    """A body as arguments of the Python client, which calls `_source` `source`."""
    renamed = {"_source": "source"}
    return {renamed.get(key, key): value for key, value in body.items()}
