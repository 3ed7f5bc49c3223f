"""Prepares an existing cluster for the bundle: templates, roles and a writer's key.

The cluster may be in production. No samples are fed unless `--samples` is given, nothing that exists is changed, and
everything that is added is printed.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch

from generator.errors import UserError
from generator.paths import ROOT
from runner.cluster import apply as applying
from runner.cluster import key_file, versions
from runner.cluster.reasons import reason_of, unanswered
from runner.lines.feed import rules_of
from runner.runtimes.docker import apikey, engine, secrets, settings
from runner.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runner.runtime import Say

ADMIN_KEY: Final = "admin_api_key"
WRITER_KEY: Final = "writer_api_key"
LOCAL: Final = ("localhost", "127.0.0.1", "::1")
NEEDED: Final = (8, 19, 0)
#: The rights that the admin key needs. The containers never get this key.
#: `manage` on the indices because a lifecycle policy deletes with the rights of whoever wrote it last.
RIGHTS: Final = "cluster: monitor, manage_index_templates, manage_ilm, manage_security, grant_api_key; indices: manage"


def urls() -> list[str]:
    """The cluster's addresses. UserError for one without TLS: a key must not be sent in the clear."""
    addresses = settings.value(settings.CLUSTER, "").split()
    for url in addresses:
        if not url.startswith("https://"):
            raise UserError(f"{url} is not https", where=settings.CLUSTER, hint="an API key needs TLS")
        if urlsplit(url).hostname in LOCAL:
            raise UserError(
                f"inside Logstash's container {url} is the container itself",
                where=settings.CLUSTER,
                hint="write the machine's name or address; the cluster's certificate must have it",
            )
    if not addresses:
        raise UserError("the variable names no cluster", where=settings.CLUSTER, hint="write https://host:9200")
    return addresses


def authority() -> Path:
    """The PEM file of the cluster's certificate authority. A relative path starts at compose/, as for compose."""
    named = settings.cluster_ca()
    path = (ROOT / "compose" / named).resolve()
    if not named or not path.is_file():
        what = f"there is no file {path}" if named else "no file is named, and the system has no known bundle"
        raise UserError(what, where=settings.CLUSTER_CA, hint="name a PEM file; a relative path starts at compose/")
    uid, status = int(settings.value("HOLYSHEEP_UID", str(settings.user()))), path.stat()
    # Logstash runs as this user with group 0, and reads this file.
    shift = 6 if status.st_uid == uid else 3 if status.st_gid == 0 else 0
    if not (status.st_mode >> shift) & 4:
        what = f"{path} can't be read by the containers' user {uid}"
        raise UserError(what, where=settings.CLUSTER_CA, hint=f"chmod a+r {path} (a certificate is no secret)")
    return path


def key(name: str) -> str | None:
    """The key in the secret file `name` as `id:api_key`; None when there is no such file."""
    return key_file.read(settings.secrets() / name)


@contextmanager
def client(text: str) -> Iterator[Elasticsearch]:
    """A client that uses the key `text`. UserError when the cluster does not answer or refuses the key."""
    try:
        with Elasticsearch(urls(), ca_certs=str(authority()), api_key=key_file.pair(text), request_timeout=60) as es:
            yield es
    except ApiError as error:
        what = f"the cluster refuses the request: {reason_of(error)}"
        raise UserError(what, where=urls()[0], hint="check the API key") from None
    except TransportError as error:
        hint = f"check {settings.CLUSTER} and {settings.CLUSTER_CA}"
        raise unanswered(error, hint) from None


@contextmanager
def admin() -> Iterator[Elasticsearch]:
    """A client that uses the admin key. UserError when its file is missing."""
    text = key(ADMIN_KEY)
    if text is None:
        where = str(settings.secrets() / ADMIN_KEY)
        raise UserError("there is no admin key", where=where, hint="write one to this file for as long as it is needed")
    with client(text) as es:
        yield es


def prepare(say: Say) -> None:
    """Add to the cluster what Logstash needs. UserError says what is missing, and how to get it."""
    prefix = rules_of()[1]
    urls()
    authority()
    if key(ADMIN_KEY) is None:
        say(f"No {ADMIN_KEY} in {settings.secrets()}: nothing is applied; the templates must exist already")
    else:
        with admin() as es:
            _check_version(es)
            _apply(es, say)
            _check_templates(es, prefix)
            _make_keys(es, say)
    text = key(WRITER_KEY)
    if text is None:
        raise _missing(apikey.WRITER)
    for role in _roles_of_overlays():
        _check_key(role)
    # Logstash needs the form id:api_key; the file may have the Base64 form.
    secrets.write(WRITER_KEY, text)
    with client(text) as es:
        missing, too_many = apikey.rights(es, prefix)
    if missing:
        what = f"the writer's key has no {', '.join(missing)} on {prefix}-*"
        raise UserError(what, where=WRITER_KEY, hint=f"make a new key with the rights in {apikey.ROLE_FILE}")
    if too_many:
        say(f"The writer's key has more rights than it needs: {', '.join(too_many)}")


def _roles_of_overlays() -> list[str]:
    """The roles of the keys that the chosen overlays need."""
    return [role for overlay, role in apikey.OVERLAYS.items() if overlay in engine.overlays()]


def _make_keys(es: Elasticsearch, say: Say) -> None:
    """Make the keys that are missing: the writer's, and those of the chosen overlays."""
    for role in (apikey.WRITER, *_roles_of_overlays()):
        user, file = apikey.USED_BY[role]
        if key(file) is None:
            secrets.write(file, apikey.make(es, role))
            say(f"API key for {user}: a new one, owned by the user {apikey.OWNER}")


def _missing(role: str) -> UserError:
    """The error for a key that nobody made."""
    user, file = apikey.USED_BY[role]
    hint = (
        f"write an admin's key to {ADMIN_KEY} in the same folder ({RIGHTS}), or let somebody paste this into Kibana's "
        f"Dev Tools, and write the answer's `encoded` to the file:\n{apikey.request(role)}"
    )
    return UserError(f"there is no API key for {user}", where=str(settings.secrets() / file), hint=hint)


def _check_key(role: str) -> None:
    """UserError when there is no key of the role, or one that the cluster does not know."""
    _, file = apikey.USED_BY[role]
    text = key(file)
    if text is None:
        raise _missing(role)
    secrets.write(file, text)
    with client(text) as es:
        es.security.authenticate()


def after_start(prefix: str) -> str:
    """Text with the documents' destination, and the next steps."""
    admin_key = settings.secrets() / ADMIN_KEY
    remove_key = (
        f"\n  then       rm {admin_key}: the containers do not need it, only make up, backup and status"
        if admin_key.is_file()
        else ""
    )
    return f"""Documents go to {urls()[0]}
  as         {prefix}-api-YYYY.MM.dd, …-errors-…, …-audit-…, …-access-…, …-system-…, …-rejected-…, …-deadletter-…
  fed        new log lines only; the samples with --samples
  your logs  write them below {settings.logs()}, or post them to the webhook: docs/compose.md
  dashboards make import-dashboards KIBANA_URL=https://… KIBANA_API_KEY=…
  people     give them the role holysheep_reader{remove_key}"""


def _check_version(es: Elasticsearch) -> None:
    version = versions.of(es)
    if (versions.parse(version) or NEEDED) < NEEDED:
        what = f"the cluster runs Elasticsearch {version}"
        raise UserError(what, where=urls()[0], hint="upgrade it to 8.19 or 9.x")


def _apply(es: Elasticsearch, say: Say) -> None:
    try:
        applied = applying.apply(es, ROOT / "elasticsearch", say)
    except UserError as error:
        if "may not" in error.what:
            raise UserError(error.what, where=ADMIN_KEY, hint=f"the admin key needs {RIGHTS}") from error
        raise
    for item in applied:
        if item.result in ("created", "skipped"):
            say(f"  {item.result} {item.kind}/{item.name} {item.why}".rstrip())
    unchanged = sum(item.result == "unchanged" for item in applied)
    say(f"Applied: {counted(len(applied), 'file')}, {unchanged} of them unchanged")


def _check_templates(es: Elasticsearch, prefix: str) -> None:
    """UserError when another index template has a higher priority than ours: documents would get its mapping."""
    for kind in ("api", "errors"):
        simulated = es.indices.simulate_index_template(name=f"{prefix}-{kind}-2026.01.01")
        if simulated["template"].get("mappings", {}).get("dynamic") != "strict":
            others = ", ".join(str(template.get("name")) for template in simulated.get("overlapping", []))
            raise UserError(
                f"another index template wins for {prefix}-{kind}-*: {others or 'its name is not known'}",
                where=urls()[0],
                hint="lower its priority, or choose another index_prefix in pricing.yaml",
            )
