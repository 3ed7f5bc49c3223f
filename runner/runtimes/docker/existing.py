"""A cluster that is there already: templates and a writer's key into it, then Logstash and Filebeat here.

It is somebody's production: nothing is fed unless it is asked for, nothing of theirs is changed, and each thing that is
put there is said.
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
from runner.cluster import versions
from runner.cluster.apply import reason_of
from runner.lines.feed import rules_of
from runner.runtimes.docker import apikey, secrets, settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runner.runtime import Say

ADMIN_KEY: Final = "admin_api_key"
WRITER_KEY: Final = "writer_api_key"
LOCAL: Final = ("localhost", "127.0.0.1", "::1")
NEEDED: Final = (8, 19, 0)
#: Rights of the admin key; none of them is kept by what runs.
RIGHTS: Final = "cluster: monitor, manage_index_templates, manage_ilm, manage_security, grant_api_key"


def urls() -> list[str]:
    """The cluster's addresses. UserError for one without TLS: a key must not be sent in the clear."""
    found = settings.value(settings.CLUSTER, "").split()
    for url in found:
        if not url.startswith("https://"):
            raise UserError(f"{url} is not https", where=settings.CLUSTER, hint="an API key needs TLS")
        if urlsplit(url).hostname in LOCAL:
            raise UserError(
                f"{url} is Logstash's own container, seen from inside it",
                where=settings.CLUSTER,
                hint="write the machine's name or address, and let the cluster's certificate have it",
            )
    if not found:
        raise UserError("it names no cluster", where=settings.CLUSTER, hint="https://host:9200")
    return found


def authority() -> Path:
    """The PEM file of its authority; a relative path counts from compose/, as compose has it."""
    named = settings.cluster_ca()
    path = (ROOT / "compose" / named).resolve()
    if not named or not path.is_file():
        what = f"there is no file {path}" if named else "no file is named, and the system has none where we looked"
        raise UserError(what, where=settings.CLUSTER_CA, hint="a PEM file; a relative path counts from compose/")
    uid, found = int(settings.value("HOLYSHEEP_UID", str(settings.user()))), path.stat()
    # Logstash runs as that user with group 0, and reads the very file.
    shift = 6 if found.st_uid == uid else 3 if found.st_gid == 0 else 0
    if not (found.st_mode >> shift) & 4:
        what = f"{path} can't be read by the containers' user {uid}"
        raise UserError(what, where=settings.CLUSTER_CA, hint=f"chmod a+r {path} (a certificate is no secret)")
    return path


def key(name: str) -> str | None:
    """One of the two keys as `id:api_key`; None when its file is not there."""
    return apikey.read(settings.secrets() / name)


@contextmanager
def client(text: str) -> Iterator[Elasticsearch]:
    """A client with a key. UserError when the cluster doesn't answer, or doesn't know the key."""
    ident, _, part = text.partition(":")
    try:
        with Elasticsearch(urls(), ca_certs=str(authority()), api_key=(ident, part), request_timeout=60) as es:
            yield es
    except ApiError as error:
        raise UserError(f"the cluster refuses: {reason_of(error)}", where=urls()[0], hint="check the key") from None
    except TransportError as error:
        hint = f"check {settings.CLUSTER} and {settings.CLUSTER_CA}"
        raise UserError(f"the cluster can't be reached: {error}", where=urls()[0], hint=hint) from None


@contextmanager
def admin() -> Iterator[Elasticsearch]:
    """A client with the admin key. UserError when it is not (or no longer) there."""
    text = key(ADMIN_KEY)
    if text is None:
        where = str(settings.secrets() / ADMIN_KEY)
        raise UserError("there is no admin key", where=where, hint="put one there for as long as it is needed")
    with client(text) as es:
        yield es


def prepare(say: Say) -> None:
    """All that Logstash needs of the cluster. UserError says what is missing and who can give it."""
    prefix = rules_of()[1]
    urls()
    authority()
    if key(ADMIN_KEY) is None:
        say(f"No {ADMIN_KEY} in {settings.secrets()}: nothing is applied, it must be there already")
    else:
        with admin() as es:
            _check_version(es)
            _apply(es, say)
            _check_templates(es, prefix)
            if key(WRITER_KEY) is None:
                secrets.write(WRITER_KEY, apikey.make(es))
                say(f"Writer's key: made, owned by the user {apikey.OWNER}")
    text = key(WRITER_KEY)
    if text is None:
        raise UserError(
            "there is no writer's key",
            where=str(settings.secrets() / WRITER_KEY),
            hint=f"put an admin's key beside it as {ADMIN_KEY} ({RIGHTS}), or let somebody make one in Kibana's Dev "
            f"Tools:\n{apikey.request()}",
        )
    # Logstash wants id:api_key; the file may have come encoded.
    secrets.write(WRITER_KEY, text)
    with client(text) as es:
        missing, too_many = apikey.rights(es, prefix)
    if missing:
        what = f"the writer's key has no {', '.join(missing)} on {prefix}-*"
        raise UserError(what, where=WRITER_KEY, hint=f"make it anew; it must have what {apikey.ROLE_FILE} says")
    if too_many:
        say(f"The writer's key has more rights than it needs: {', '.join(too_many)}")


def told(prefix: str) -> str:
    """Where the documents end, and what is left to people."""
    admins = settings.secrets() / ADMIN_KEY
    left = (
        f"\n  then       rm {admins}: nothing that runs needs it, only make up, backup and status"
        if admins.is_file()
        else ""
    )
    return f"""Documents end in {urls()[0]}
  as         {prefix}-api-YYYY.MM.dd, …-errors-…, …-audit-…, …-access-…, …-system-…, …-rejected-…, …-deadletter-…
  fed        nothing but what comes from now on; the samples only with --samples
  your logs  write them below {settings.logs()}, or post them to the webhook: docs/compose.md
  dashboards make import-dashboards KIBANA_URL=https://… KIBANA_API_KEY=…
  people     give them the role holysheep_reader{left}"""


def _check_version(es: Elasticsearch) -> None:
    said = versions.of(es)
    if (versions.parse(said) or NEEDED) < NEEDED:
        raise UserError(f"the cluster is Elasticsearch {said}", where=urls()[0], hint="8.19 or 9.x is needed")


def _apply(es: Elasticsearch, say: Say) -> None:
    try:
        done = applying.apply(es, ROOT / "elasticsearch")
    except UserError as error:
        if "unauthorized" in error.what:
            raise UserError(error.what, where=error.where, hint=f"the admin key needs {RIGHTS}") from error
        raise
    for item in done:
        if item.result != "unchanged":
            say(f"  {item.result} {item.kind}/{item.name} {item.why}")
    say(f"Applied: {len(done)} files, {sum(item.result == 'unchanged' for item in done)} were there already")


def _check_templates(es: Elasticsearch, prefix: str) -> None:
    """UserError when a template of theirs wins over ours: documents would get its mapping, silently."""
    for kind in ("api", "errors"):
        found = es.indices.simulate_index_template(name=f"{prefix}-{kind}-2026.01.01")
        if found["template"].get("mappings", {}).get("dynamic") != "strict":
            others = ", ".join(str(one.get("name")) for one in found.get("overlapping", []))
            raise UserError(
                f"another index template wins for {prefix}-{kind}-*; ours overlaps with {others or 'it'}",
                where=urls()[0],
                hint="lower its priority, or choose another index_prefix in pricing.yaml",
            )
