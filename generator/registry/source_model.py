"""The shape of a log source's YAML. docs/add-a-log-source.md explains each key with an example."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator
from pydantic_core import PydanticCustomError

from generator.strict import Strict

#: Keys from the record's top to a value: `usage.input` in a YAML, or a list where a key itself holds dots.
KeyPath = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda path: path.split(".") if isinstance(path, str) else path),
    Field(min_length=1),
]
#: A YAML scalar as text: `true` and `2` as well as words.
Scalar = Annotated[str, BeforeValidator(lambda value: str(value).lower() if isinstance(value, bool) else value)]
Kind = Literal["call", "step", "usage", "canary", "test", "ignored"]


class Multiline(Strict):
    """Filebeat's multiline parser, its own option names."""

    type: Literal["pattern"]
    pattern: str
    negate: bool
    match: Literal["after", "before"]


class Shipping(Strict):
    """How Filebeat finds the source's files: globs below the log folder in `paths`, absolute ones in `also`.

    `folder/**/*` is a folder with its sub-folders. Of what fits, only files with a log's name are read (`NAMES` in
    `generator/render/context.py`), unless `any_name` says that the source's files have no extension.
    """

    paths: Annotated[tuple[str, ...], Field(min_length=1)]
    also: tuple[str, ...] = ()
    any_name: bool = False
    multiline: Multiline | None = None


class Records(Strict):
    """Records in lists inside a line or body: `in` are the keys down to them, `with` keys that each record inherits
    from the objects around it. `own` are keys that each record of the source has, where others use the list's name,
    too: a record without them is read as if it had come alone.
    """

    inside: Annotated[tuple[str, ...], Field(alias="in", min_length=1)]
    inherit: Annotated[tuple[str, ...], Field(alias="with")] = ()
    own: tuple[str, ...] = ()


class OutcomeRule(Strict):
    """A value that decides whether a call failed, before its HTTP status does. `code` becomes error.code."""

    path: KeyPath
    values: Annotated[tuple[Scalar, ...], Field(min_length=1)]
    outcome: Literal["success", "failure"]
    code: str | None = None


class Becomes(Strict):
    """What a record is: the first rule of the list that fits. `when`: slot and values, of which one must be there;
    `any`: slots of which one must have a value.
    """

    kind: Kind
    when: dict[str, tuple[Scalar, ...]] = Field(default_factory=dict)
    any: tuple[str, ...] = ()


class Metadata(Strict):
    """Values without a slot. `allow`: paths that may hold prose; `others`: keep (what can't be prose) or drop."""

    allow: tuple[str, ...] = ()
    others: Literal["keep", "drop"] = "keep"


class Source(Strict):
    """One kind of log line: its format, the keys that identify it, and the paths of its values."""

    name: str = Field(pattern=r"^[a-z][a-z_]*$")
    title: str
    #: Public pages that describe the shape.
    documented: tuple[str, ...] = ()
    #: How to get such lines into the bundle, one sentence; `holysheep-elk sources` prints it.
    feed: str | None = None
    format: Literal["json", "csv", "text", "access", "syslog", "container"]
    own_id: bool
    detect: tuple[tuple[str, ...], ...]
    filebeat: Shipping
    keys: dict[str, tuple[KeyPath, ...]]
    #: Whether the spellings of _common.yaml apply, too.
    common: bool = True
    #: Where the source has usage objects of providers, whose keys usage.yaml lists; for `common: false`.
    usage: tuple[str, ...] = ()
    #: Whether the keys of a path may stand joined by dots, such as `{"attributes": {"gen_ai.request.model": …}}`.
    dotted: bool = False
    records: tuple[Records, ...] = ()
    #: Lists of `{key, value}` that are read as objects; values may be OTLP's AnyValue.
    attributes: tuple[KeyPath, ...] = ()
    #: Texts that hold JSON.
    parse: tuple[KeyPath, ...] = ()
    #: Slot: other words for its values.
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    #: Slot: factor that its number is multiplied by.
    scale: dict[str, str] = Field(default_factory=dict)
    #: Slot: paths whose numbers are added.
    sum: dict[str, tuple[KeyPath, ...]] = Field(default_factory=dict)
    outcome: tuple[OutcomeRule, ...] = ()
    #: Slots that together are the id, where the log has none of its own.
    id_from: tuple[str, ...] = ()
    #: Whether the time is part of the document's id. false: two records of one id are one, whatever their times.
    id_has_time: bool = True
    becomes: tuple[Becomes, ...] = ()
    otherwise: Literal["rejected", "ignored"] = "rejected"
    #: Names of the columns of a CSV, one list for each known layout; a row is read by its number of cells.
    columns: tuple[tuple[str, ...], ...] = ()
    #: Regular expressions of plain text lines; named groups are slots. Such a line becomes an access document.
    patterns: tuple[str, ...] = ()
    metadata: Metadata = Metadata()

    @field_validator("scale")
    @classmethod
    def _numbers(cls, scale: dict[str, str]) -> dict[str, str]:
        for factor in scale.values():
            if not re.fullmatch(r"\d{1,6}(\.\d{1,12})?", factor):
                hint = "write a factor such as 0.01"
                raise PydanticCustomError("card", "{what}, {hint}", {"what": f"{factor!r} is no number", "hint": hint})
        return scale

    @property
    def slots(self) -> set[str]:
        """All slots that the file names, wherever."""
        named = {*self.keys, *self.values, *self.scale, *self.sum, *self.id_from}
        for rule in self.becomes:
            named |= {*rule.when, *rule.any}
        for pattern in self.patterns:
            named |= set(re.findall(r"\(\?<([a-z_]+)>", pattern))
        return named

    def options(self) -> dict[str, Any]:
        """The optional keys that the file sets, for rules.json."""
        names = (
            "records attributes parse values scale sum outcome id_from id_has_time becomes otherwise columns patterns "
            "metadata"
        )
        return self.model_dump(mode="json", by_alias=True, include=set(names.split()), exclude_defaults=True)
