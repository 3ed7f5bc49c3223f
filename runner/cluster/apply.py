"""Puts the rendered elasticsearch/ files into a cluster; what is there already and the same is left alone."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from elasticsearch import ApiError

from generator.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from elasticsearch import Elasticsearch

Json = dict[str, Any]
Result = Literal["created", "changed", "unchanged", "skipped"]


@dataclass(frozen=True)
class Answer:
    """How the API of a folder gives one of its things back."""

    #: Path to the body in the answer to GET; `{name}` is the thing's name.
    found: tuple[str | int, ...]
    #: A cluster without the module that serves the API is one where the folder is skipped, with this reason.
    without: str


#: Folder → how its API answers.
ANSWERS: Final = {
    "lifecycle": Answer(("{name}",), "this Elasticsearch has no lifecycle module: nothing is deleted"),
    "component_templates": Answer(("component_templates", 0, "component_template"), ""),
    "index_templates": Answer(("index_templates", 0, "index_template"), ""),
    "roles": Answer(("{name}",), "this Elasticsearch can't keep roles: they come by roles.yml"),
}
#: The rendered list of folders and APIs, in the order in which they are applied; compose/scripts/setup.sh reads it too.
LIST: Final = "apply.txt"


@dataclass(frozen=True)
class Kind:
    """A folder of files, and the API that takes them."""

    folder: str
    api: str

    @property
    def found(self) -> tuple[str | int, ...]:
        """Path to the body in the answer to GET."""
        return ANSWERS[self.folder].found

    @property
    def without(self) -> str:
        """Why the folder is skipped where its module is missing."""
        return ANSWERS[self.folder].without


#: What Elasticsearch adds to a body on its own.
ADDED: Final = frozenset(
    {
        "allow_auto_create",
        "allow_restricted_indices",
        "created_date",
        "created_date_millis",
        "delete_searchable_snapshot",
        "in_use_by",
        "modified_date",
        "modified_date_millis",
        "transient_metadata",
        "version",
    }
)
#: Answers of a cluster that lacks a module: no such API, or (roles) no way to make the index that would hold them.
NO_API: Final = re.compile(r"no handler found for uri|Incorrect HTTP method for uri|Unknown filter type")
UNKNOWN_SETTING: Final = re.compile(r"unknown setting \[index\.lifecycle\.")
BAD_REQUEST: Final = 400
NOT_FOUND: Final = 404
NOT_ALLOWED: Final = 405
HEADERS: Final = {"accept": "application/json", "content-type": "application/json"}


@dataclass(frozen=True)
class Applied:
    """What became of one file."""

    kind: str
    name: str
    result: Result
    why: str = ""


def apply(es: Elasticsearch, folder: Path) -> list[Applied]:
    """Apply every file below a rendered elasticsearch/ folder.

    Raises UserError with the cluster's words when it refuses a file, and when there is nothing to apply.
    """
    files = [(kind, path) for kind in kinds(folder) for path in sorted((folder / kind.folder).glob("*.json"))]
    if not files:
        raise UserError("there is nothing to apply", where=str(folder), hint="run `make render`")
    return [_one(es, kind, path) for kind, path in files]


def words(applied: list[Applied]) -> list[str]:
    """What was applied, for people: one line of counts, one line a reason for what was skipped."""
    counts = Counter(item.result for item in applied)
    lines = ["Templates: " + ", ".join(f"{count} {result}" for result, count in sorted(counts.items()))]
    skipped = Counter(item.why for item in applied if item.result == "skipped")
    return lines + [f"  skipped {count}: {why}" for why, count in skipped.items()]


def kinds(folder: Path) -> list[Kind]:
    """What the rendered list says, in its order. UserError when it was not rendered."""
    path = folder / LIST
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        raise UserError("it is not there", where=str(path), hint="run `make render`") from None
    return [Kind(*line.split()) for line in lines if line and not line.startswith("#")]


def _one(es: Elasticsearch, kind: Kind, path: Path) -> Applied:
    wanted: Json = json.loads(path.read_text(encoding="utf-8"))
    name = path.stem
    try:
        found = _get(es, kind, name)
        if found is not None and same(wanted, found):
            return Applied(kind.folder, name, "unchanged")
        es.perform_request("PUT", f"/{kind.api}/{name}", headers=HEADERS, body=wanted)
    except ApiError as error:
        if why := _missing_module(kind, error):
            return Applied(kind.folder, name, "skipped", why)
        raise UserError(
            f"Elasticsearch refuses this: {reason_of(error)}", where=str(path), hint="run `make render`, then again"
        ) from error
    return Applied(kind.folder, name, "created" if found is None else "changed")


def _get(es: Elasticsearch, kind: Kind, name: str) -> Json | None:
    try:
        answer: Any = es.perform_request("GET", f"/{kind.api}/{name}", headers=HEADERS).body
    except ApiError as error:
        if error.status_code == NOT_FOUND:
            return None
        raise
    for step in kind.found:
        key = name if step == "{name}" else step
        if isinstance(answer, dict) and key not in answer:
            return None  # roles: an empty object for one that isn't there
        answer = answer[key]
    body: Json = answer
    return body


def _missing_module(kind: Kind, error: ApiError) -> str:
    """Why a kind or a file is skipped; empty when the error is one."""
    if error.status_code not in (BAD_REQUEST, NOT_ALLOWED):
        return ""
    said = reason_of(error)
    if kind.without and NO_API.search(said):
        return kind.without
    if kind.folder == "component_templates" and UNKNOWN_SETTING.search(said):
        # Rendered as components of their own that the index templates may miss, so no other setting is lost with them.
        return "this Elasticsearch has no lifecycle module, and refuses its settings"
    return ""


def reason_of(error: ApiError) -> str:
    """The reason that Elasticsearch states, with its causes."""
    body = error.body
    said = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(said, dict):
        return str(said)
    words = []
    while isinstance(said, dict):
        words.append(str(said.get("reason")))
        said = said.get("caused_by")
    return ": ".join(dict.fromkeys(words))


def same(wanted: Json, found: Json) -> bool:
    """Whether a cluster's copy is what the file says, allowing for what Elasticsearch rewrites and adds."""
    return _same(_plain(wanted), _plain(found))


def _plain(body: Any) -> Any:  # noqa: ANN401  # JSON is of any shape
    """Numbers and booleans as Elasticsearch gives them back in settings: as strings. Settings nested and prefixed."""
    if isinstance(body, dict):
        plain = {key: _plain(value) for key, value in body.items()}
        if isinstance(settings := plain.get("settings"), dict):
            plain["settings"] = _nested(settings.get("index", settings))
        return plain
    if isinstance(body, list):
        return [_plain(value) for value in body]
    return str(body).lower() if isinstance(body, bool) else str(body)


def _nested(settings: Json) -> Json:
    """`{"a.b": 1}` as `{"a": {"b": 1}}`; both are allowed in a file."""
    nested: Json = {}
    for key, value in settings.items():
        *parents, leaf = key.split(".")
        node = nested
        for parent in parents:
            node = node.setdefault(parent, {})
        node[leaf] = _nested(value) if isinstance(value, dict) else value
    return nested


def _same(wanted: Any, found: Any) -> bool:  # noqa: ANN401  # JSON is of any shape
    if isinstance(wanted, dict) and isinstance(found, dict):
        extra = {key for key in found.keys() - wanted.keys() if found[key] not in ({}, [])}
        if extra - ADDED:
            return False
        return all(_same(value, found.get(key, {} if value == {} else None)) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) == len(found) and all(map(_same, wanted, found))
    return bool(wanted == found)
