"""Records of lawful changes as `compare` needs them: by document, and only those that carry the right HMAC."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from runner.cluster import changes
from runner.compliance.seals.reading import milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from elasticsearch import Elasticsearch

    from runner.compliance.seals.sorting import Pair
    from runner.host.keyring import Keyring

Json = dict[str, Any]
_VALUE: Final = struct.Struct(">QQ32s?32s")
_NOTHING: Final = bytes(32)


class Change(NamedTuple):
    """A document's digest before and after a change; after is None for a deletion."""

    run: str
    before: bytes
    after: bytes | None


def change(value: bytes) -> Change:
    """The change of a sorted pair."""
    _, _, before, there, after = _VALUE.unpack_from(value)
    return Change(value[_VALUE.size :].decode(), before, after if there else None)


def pairs(
    es: Elasticsearch, prefix: str, index: str, keyring: Keyring, refused: Callable[[str, str], None]
) -> Iterator[Pair]:
    """The changes of one index's documents, for `sorting`: by `_id`, then in the order in which they were recorded.

    `refused` gets the run and the reason of each record that proves nothing.
    """
    for part in changes.records(es, prefix, index):
        if why := changes.flaw(part, keyring):
            refused(f"{part.get('run')}-{part.get('number')}", why)
            continue
        try:
            yield from list(_pairs(part))
        except (KeyError, TypeError, ValueError, struct.error):
            refused(f"{part.get('run')}-{part.get('number')}", "it is no record of a change")


def _pairs(part: Json) -> Iterator[Pair]:
    moment, number = milliseconds(part["@timestamp"]), int(part["number"])
    for item in part["documents"]:
        before, after = bytes.fromhex(item["before"]), item["after"]
        then = bytes.fromhex(after) if after else _NOTHING
        value = _VALUE.pack(moment, number, before, after is not None, then)
        yield item["id"].encode(), value + str(part["run"]).encode()
