"""Reads what a cluster has of each kind of rendered file: one request a kind."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from elasticsearch import ApiError

from generator.errors import UserError
from runner.cluster.reasons import reason_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from elasticsearch import Elasticsearch

    from runner.cluster.rendered import Kind, Rendered

Json = dict[str, Any]
HEADERS: Final = {"accept": "application/json", "content-type": "application/json"}
UNAUTHORIZED: Final = 401
FORBIDDEN: Final = 403
BAD_REQUEST: Final = 400
NOT_FOUND: Final = 404
NOT_ALLOWED: Final = 405
#: Errors of a cluster that lacks a module: there is no such API, or (roles) the index for them can't be made.
NO_API: Final = re.compile(r"no handler found for uri|Incorrect HTTP method for uri|Unknown filter type")
#: The module without which Elasticsearch can't make the index that keeps roles.
ROLES_NEED: Final = "analysis-common"
NO_LIFECYCLE_SETTINGS: Final = "this Elasticsearch has no lifecycle module, and refuses its settings"


@dataclass(frozen=True)
class Api:
    """How the API of a folder lists what it has, and what a key needs in order to write."""

    #: The key of a list of objects in the answer; empty where the answer is an object by name.
    listed: str
    #: The key of the body in each object of such a list.
    body: str
    #: Why the folder is skipped on a cluster that lacks the module behind the API; empty where every cluster has it.
    without: str
    #: The cluster privilege.
    right: str


#: Folder → its API.
APIS: Final = {
    "lifecycle": Api("", "", "this Elasticsearch has no lifecycle module: nothing is deleted", "manage_ilm"),
    "component_templates": Api("component_templates", "component_template", "", "manage_index_templates"),
    "index_templates": Api("index_templates", "index_template", "", "manage_index_templates"),
    "roles": Api("", "", "this Elasticsearch can't keep roles: they come by roles.yml", "manage_security"),
}


@dataclass(frozen=True)
class Present:
    """Everything that a cluster has of the rendered kinds, ours and other people's."""

    #: Folder → name → body.
    bodies: dict[str, dict[str, Json]]
    #: Folder → why the cluster can't have it.
    without: dict[str, str] = field(default_factory=dict)

    def why_not(self, file: Rendered) -> str:
        """Why a file can't be written to this cluster; empty when it can."""
        folder = file.kind.folder
        settings = file.body.get("template", {}).get("settings", {}) if folder == "component_templates" else {}
        if "lifecycle" in self.without and "lifecycle" in settings.get("index", {}):
            # The lifecycle settings are component templates of their own, and index templates work without them: no
            # other setting is lost.
            return NO_LIFECYCLE_SETTINGS
        return self.without.get(folder, "")


def read(es: Elasticsearch, kinds: Iterable[Kind]) -> Present:
    """Read every kind. UserError when the key or user may not, with the right that it lacks."""
    bodies: dict[str, dict[str, Json]] = {}
    without: dict[str, str] = {}
    for kind in kinds:
        try:
            bodies[kind.folder] = _list(es, kind)
        except ApiError as error:
            if not (why := missing_module(kind.folder, error)):
                raise refusal(kind.folder, error, "read") from error
            bodies[kind.folder], without[kind.folder] = {}, why
    if "roles" in bodies and not _keeps_roles(es):
        without.setdefault("roles", APIS["roles"].without)
    return Present(bodies, without)


def missing_module(folder: str, error: ApiError) -> str:
    """Why a folder can't be written: the cluster lacks a module. Empty when the error has another cause."""
    wrong = error.status_code in (BAD_REQUEST, NOT_ALLOWED) and NO_API.search(reason_of(error))
    return APIS[folder].without if wrong else ""


def refusal(folder: str, error: ApiError, verb: str) -> UserError:
    """The error for a person: a missing right by its name, else Elasticsearch's reason."""
    what = folder.replace("_", " ")
    if error.status_code == FORBIDDEN:
        right = APIS[folder].right if folder in APIS else "manage on the indices"
        return UserError(
            f"this key or user may not {verb} {what}", where="Elasticsearch", hint=f"it needs the privilege {right}"
        )
    if error.status_code == UNAUTHORIZED:
        return UserError("the password or key is wrong", where="Elasticsearch", hint="docs/compose.md (lost password)")
    return UserError(f"Elasticsearch can't {verb} {what}: {reason_of(error)}", where="Elasticsearch")


def _list(es: Elasticsearch, kind: Kind) -> dict[str, Json]:
    try:
        answer: Any = es.perform_request("GET", f"/{kind.api}", headers=HEADERS).body
    except ApiError as error:
        if error.status_code == NOT_FOUND:
            return {}
        raise
    api = APIS[kind.folder]
    if api.listed:
        return {found["name"]: found[api.body] for found in answer[api.listed]}
    return dict(answer)


def _keeps_roles(es: Elasticsearch) -> bool:
    """Whether the cluster can keep roles; taken as given where its modules can't be read."""
    try:
        nodes = es.perform_request("GET", "/_nodes/plugins", headers=HEADERS).body["nodes"]
    except ApiError:
        return True
    modules = [{module["name"] for module in node.get("modules", [])} for node in nodes.values()]
    return all(not names or ROLES_NEED in names for names in modules)
