"""Applies the rendered elasticsearch/ files to a cluster. A file that the cluster has already is not written again."""

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
    """How the API of a folder answers a GET for one name."""

    #: Path to the body in the answer; `{name}` stands for the requested name.
    body: tuple[str | int, ...]
    #: Why the folder is skipped on a cluster that lacks the module behind the API; empty where every cluster has it.
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
    """A folder of rendered files, and the API that they are sent to."""

    folder: str
    api: str

    @property
    def body(self) -> tuple[str | int, ...]:
        """Path to the body in the answer to GET."""
        return ANSWERS[self.folder].body

    @property
    def without(self) -> str:
        """Why the folder is skipped on a cluster that lacks the module."""
        return ANSWERS[self.folder].without


#: Keys that Elasticsearch adds to a body by itself.
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
#: Errors of a cluster that lacks a module: there is no such API, or (roles) the index for them can't be made.
NO_API: Final = re.compile(r"no handler found for uri|Incorrect HTTP method for uri|Unknown filter type")
UNKNOWN_SETTING: Final = re.compile(r"unknown setting \[index\.lifecycle\.")
BAD_REQUEST: Final = 400
NOT_FOUND: Final = 404
NOT_ALLOWED: Final = 405
HEADERS: Final = {"accept": "application/json", "content-type": "application/json"}


@dataclass(frozen=True)
class Applied:
    """The result of applying one file; `why` says why it was skipped."""

    kind: str
    name: str
    result: Result
    why: str = ""


def apply(es: Elasticsearch, folder: Path) -> list[Applied]:
    """Apply every file below a rendered elasticsearch/ folder.

    Raises UserError when the cluster refuses a file, with its reason, and when there is nothing to apply.
    """
    files = [(kind, path) for kind in kinds(folder) for path in sorted((folder / kind.folder).glob("*.json"))]
    if not files:
        raise UserError("there is nothing to apply", where=str(folder), hint="run `make render`")
    return [_apply_file(es, kind, path) for kind, path in files]


def words(applied: list[Applied]) -> list[str]:
    """The results as lines for people: one line of counts, and one line for each reason why files were skipped."""
    counts = Counter(item.result for item in applied)
    lines = ["Templates: " + ", ".join(f"{count} {result}" for result, count in sorted(counts.items()))]
    skipped = Counter(item.why for item in applied if item.result == "skipped")
    return lines + [f"  skipped {count}: {why}" for why, count in skipped.items()]


def kinds(folder: Path) -> list[Kind]:
    """The folders and APIs of the rendered list, in its order. UserError when the list was not rendered."""
    path = folder / LIST
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        raise UserError("this file is missing", where=str(path), hint="run `make render`") from None
    return [Kind(*line.split()) for line in lines if line and not line.startswith("#")]


def _apply_file(es: Elasticsearch, kind: Kind, path: Path) -> Applied:
    wanted: Json = json.loads(path.read_text(encoding="utf-8"))
    name = path.stem
    try:
        present = _get(es, kind, name)
        if present is not None and same(wanted, present):
            return Applied(kind.folder, name, "unchanged")
        es.perform_request("PUT", f"/{kind.api}/{name}", headers=HEADERS, body=wanted)
    except ApiError as error:
        if why := _missing_module(kind, error):
            return Applied(kind.folder, name, "skipped", why)
        raise UserError(
            f"Elasticsearch refuses this file: {reason_of(error)}",
            where=str(path),
            hint="run `make render`, then try again",
        ) from error
    return Applied(kind.folder, name, "created" if present is None else "changed")


def _get(es: Elasticsearch, kind: Kind, name: str) -> Json | None:
    try:
        answer: Any = es.perform_request("GET", f"/{kind.api}/{name}", headers=HEADERS).body
    except ApiError as error:
        if error.status_code == NOT_FOUND:
            return None
        raise
    for step in kind.body:
        key = name if step == "{name}" else step
        if isinstance(answer, dict) and key not in answer:
            return None  # for a missing role the answer is an empty object, not 404
        answer = answer[key]
    body: Json = answer
    return body


def _missing_module(kind: Kind, error: ApiError) -> str:
    """Why a file is skipped: the cluster lacks a module. Empty when the error has another cause."""
    if error.status_code not in (BAD_REQUEST, NOT_ALLOWED):
        return ""
    reason = reason_of(error)
    if kind.without and NO_API.search(reason):
        return kind.without
    if kind.folder == "component_templates" and UNKNOWN_SETTING.search(reason):
        # The lifecycle settings are component templates of their own, and index templates work without them: no other
        # setting is lost.
        return "this Elasticsearch has no lifecycle module, and refuses its settings"
    return ""


def reason_of(error: ApiError) -> str:
    """The reason in Elasticsearch's error, followed by the reasons of its causes."""
    body = error.body
    cause = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(cause, dict):
        return str(cause)
    reasons = []
    while isinstance(cause, dict):
        reasons.append(str(cause.get("reason")))
        cause = cause.get("caused_by")
    return ": ".join(dict.fromkeys(reasons))


def same(wanted: Json, present: Json) -> bool:
    """Whether the cluster's body equals the file's. What Elasticsearch rewrites and adds by itself is no difference."""
    return _same(_plain(wanted), _plain(present))


def _plain(body: Any) -> Any:  # noqa: ANN401  # JSON is of any shape
    """A body in the form for comparison: numbers and booleans as strings, settings nested, without `index.`.

    Elasticsearch returns the settings so.
    """
    if isinstance(body, dict):
        plain = {key: _plain(value) for key, value in body.items()}
        if isinstance(settings := plain.get("settings"), dict):
            plain["settings"] = _nested(settings.get("index", settings))
        return plain
    if isinstance(body, list):
        return [_plain(value) for value in body]
    return str(body).lower() if isinstance(body, bool) else str(body)


def _nested(settings: Json) -> Json:
    """`{"a": {"b": 1}}` of `{"a.b": 1}`; a file may have both forms."""
    nested: Json = {}
    for key, value in settings.items():
        *parents, leaf = key.split(".")
        node = nested
        for parent in parents:
            node = node.setdefault(parent, {})
        node[leaf] = _nested(value) if isinstance(value, dict) else value
    return nested


def _same(wanted: Any, present: Any) -> bool:  # noqa: ANN401  # JSON is of any shape
    if isinstance(wanted, dict) and isinstance(present, dict):
        extra = {key for key in present.keys() - wanted.keys() if present[key] not in ({}, [])}
        if extra - ADDED:
            return False
        return all(_same(value, present.get(key, {} if value == {} else None)) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(present, list):
        return len(wanted) == len(present) and all(map(_same, wanted, present))
    return bool(wanted == present)
