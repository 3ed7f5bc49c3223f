"""The values that templates can use, and the filters that quote a value for each format."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.dashboards.ids import dashboard_id
from generator.errors import UserError
from generator.registry.sources import load_sources

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.card.model import Card
    from generator.registry.sources import Multiline, Source
    from generator.render.registry import Registry

#: How long Filebeat keeps a file open that does not grow: longer than an outage should last.
INACTIVE: Final = "12h"
#: Where Filebeat sees the log folder of the host.
LOGS: Final = "/var/log/holysheep"
#: The longest line that Filebeat ships uncut: a line of 10 MB reaches the filter whole.
MAX_LINE_BYTES: Final = 16 * 1024 * 1024
#: Lines of a multiline event, such as a stack trace: more than a program writes at once.
MAX_LINES: Final = 10_000
#: Names of log files, rotated ones too: app.log, access_log, app.log.1, app.log1, app.log-20260101, app.log.old.
NAMES: Final = (
    r"(?i)(\.(log|json|jsonl|ndjson|csv|txt|out|err)|_log)"
    r"([0-9]{1,14}|[._-]([0-9][0-9A-Za-z_:.+@ -]*|old|bak|prev|orig))?$"
)
#: Endings of packed files, which Filebeat 8.19 can't read.
PACKED_ENDINGS: Final = "gz|bz2|xz|zst|lz4|lzma|z|zip|7z|tar|tgz"
#: Names of packed files, of files that are still being made, and of hidden ones.
NOT_READ: Final = (rf"(?i)\.({PACKED_ENDINGS}|part|tmp|swp)$", r"~$", r"/\.[^/]*$")
#: References that Logstash and Beats replace inside quoted strings.
REFERENCE: Final = re.compile(r"\$\{|%\{")
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


@dataclass(frozen=True)
class Input:
    """One filestream input of Filebeat."""

    source: str
    title: str
    id: str
    paths: tuple[str, ...]
    names: tuple[str, ...]
    multiline: Multiline | None


def logstash_string(value: object) -> str:
    """A quoted string of Logstash's configuration language. UserError for a text that would need an escape.

    The language has no escapes.
    """
    text = str(value)
    if REFERENCE.search(text) or CONTROL.search(text) or text.endswith("\\"):
        raise UserError(f"{text!r} can't be written into a Logstash pipeline", hint="use letters, digits, - and _")
    for quote in ('"', "'"):
        if quote not in text:
            return f"{quote}{text}{quote}"
    raise UserError(f"{text!r} can't be written into a Logstash pipeline", hint="leave out one kind of quotes")


def yaml_value(value: object) -> str:
    """A YAML scalar for Beats, strings as in JSON; references, which Beats would replace, are refused."""
    text = json.dumps(value, ensure_ascii=False)
    if REFERENCE.search(text):
        raise UserError(f"{text} can't be written into Filebeat's settings", hint="leave out ${ and %{")
    # JSON leaves these as they are, YAML takes them for line breaks or refuses them.
    return re.sub(r"[\x7f\x85\u2028\u2029]", lambda match: f"\\u{ord(match[0]):04x}", text)


FILTERS: Final[dict[str, Callable[..., str]]] = {"logstash": logstash_string, "yaml": yaml_value}


def build(card: Card, registry: Registry) -> dict[str, Any]:
    """The variables of the templates. `text` adds `generated`."""
    inputs = {source.name: file_input(source) for source in load_sources()}
    return {
        "card": card,
        "prefix": card.index_prefix,
        "timezone": card.budgets.timezone,
        "overview": dashboard_id("overview", card.index_prefix),
        "fields": registry.fields,
        "inputs": list(inputs.values()),
        "containers": inputs["container"],
        "max_line_bytes": MAX_LINE_BYTES,
        "max_lines": MAX_LINES,
        "not_read": NOT_READ,
        "inactive": INACTIVE,
    }


def file_input(source: Source) -> Input:
    """The input of a source. Its id never changes: Filebeat files its positions under it."""
    shipping = source.filebeat
    return Input(
        source=source.name,
        title=source.title,
        id=f"holysheep-{source.name}",
        paths=(*(f"{LOGS}/{path}" for path in shipping.paths), *shipping.also),
        names=() if shipping.any_name else (NAMES,),
        multiline=shipping.multiline,
    )
