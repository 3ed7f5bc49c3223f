"""elasticsearch/roles/*.json and docs/roles.md, from generator/registry/roles.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from generator.alerts.render import writeback
from generator.registry.roles import ALERT_STATE, ALL
from generator.render.dump import json_text, meta

if TYPE_CHECKING:
    from generator.registry.roles import Grant, Role, Roles

Json = dict[str, Any]

SOURCE: Final = "generator/registry/roles.yaml"
_HEAD: Final = """\
<!-- Generated from generator/registry/roles.yaml and generator/render/roles.py. Edit those, then: make render -->
# Who may do what

`make up` puts these roles into Elasticsearch. Give a person the one that fits:

```
.venv/bin/holysheep-elk user add anna --role finance
```

It prints the new user's password once. `user list` shows who has which role, `user password anna` makes a new password,
`user remove anna` ends the access. The command uses the administrator's rights: the password of `elastic` in
containers, `admin_api_key` on an existing cluster (cluster privilege `manage_security`). The embedded mode has no users
for people.

Without the command, in Kibana's *Stack Management → Users*, or in *Dev Tools*:

```
POST /_security/user/anna
{"password": "at least 6 characters", "roles": ["holysheep_finance"]}
```

With single sign-on, map a group to a role: `PUT /_security/role_mapping/NAME` with `"roles": ["holysheep_auditor"]`
(SAML and OIDC need a Platinum licence).

People run commands with their own login; the password comes from `--password-file` or `ELASTICSEARCH_PASSWORD`:

```
export ELASTICSEARCH_URL=https://localhost:9200 ELASTICSEARCH_CA=.state/docker/ca.crt ELASTICSEARCH_USER=anna
.venv/bin/holysheep-elk report yesterday --password-file anna.txt
```

A command that is refused says which role would do.

## The table

Rows are kinds of indices (`PREFIX-KIND-YYYY.MM.dd`). An empty cell is no right: searches find nothing there, writes are
refused. Nobody but an administrator can delete an index, or change a role or a lifecycle policy; nobody but data
protection can delete or replace a document.

"""
_TAIL: Final = """
## Separation of duties

- Who erases can't seal: `holysheep_eraser` has no right on `seals`, and only adds to `changes` and `erasures`. A test
  holds it.
- Who seals can't erase: `holysheep_sealer` only adds to `seals`.
- Nobody with one of these roles can give a role to anybody. `elastic` can: keep its password where two persons are
  needed.
- Don't give one person both `holysheep_eraser` and `holysheep_sealer`; `user add` refuses it.

## What these roles don't do

- Parts of a document: who may read a kind reads all fields of it. Field and document level security need a Platinum
  licence.
- Dashboards of a kind that a role may not read are there, and empty.
- A lifecycle policy deletes with the rights of whoever wrote it last. So only an administrator writes policies: with an
  operator's rights the deletion of old indices would end without a word.
"""


def files(roles: Roles, prefix: str) -> dict[str, str]:
    """Path and text of each role, and of the page."""
    made = {
        f"elasticsearch/roles/{name}.json": json_text(body(roles, role, prefix)) for name, role in roles.roles.items()
    }
    return {**made, "docs/roles.md": page(roles)}


def body(roles: Roles, role: Role, prefix: str) -> Json:
    """The body of `PUT /_security/role/NAME`."""
    granted = [
        {"names": _names(grant, prefix), "privileges": list(roles.rights[grant.right].privileges)}
        for grant in role.grants
    ]
    made: Json = {"description": role.who, "cluster": list(role.cluster), "indices": granted, "metadata": meta(SOURCE)}
    if role.kibana:
        made["applications"] = [{"application": "kibana-.kibana", "privileges": [role.kibana], "resources": ["*"]}]
    return made


def page(roles: Roles) -> str:
    """The table, and what each role is for."""
    names = [name.removeprefix("holysheep_") for name in roles.roles]
    lines = [f"| | {' | '.join(names)} |", "| --- " * (len(names) + 1) + "|"]
    for kind in roles.kinds:
        cells = [roles.words(role, kind) for role in roles.roles.values()]
        lines.append(f"| `{kind}` | {' | '.join(cells)} |")
    lines.append("| Kibana | " + " | ".join(_kibana(role) for role in roles.roles.values()) + " |")
    lines += ["", "| role | who | cluster privileges |", "| --- | --- | --- |"]
    for name, role in roles.roles.items():
        lines.append(f"| `{name}` | {role.who} | {', '.join(f'`{item}`' for item in role.cluster)} |")
    lines += ["", "| kind | holds |", "| --- | --- |"]
    lines += [f"| `{kind}` | {holds} |" for kind, holds in roles.kinds.items()]
    return _HEAD + "\n".join(lines) + "\n" + _TAIL


def _names(grant: Grant, prefix: str) -> list[str]:
    if grant.kinds == ALL:
        return [f"{prefix}-*"]
    return [f"{writeback(prefix)}*" if kind == ALERT_STATE else f"{prefix}-{kind}-*" for kind in grant.kinds]


def _kibana(role: Role) -> str:
    return {"space_read": "reads", "space_all": "reads, writes", None: ""}[role.kibana]
