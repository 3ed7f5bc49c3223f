"""The folders of a local Elasticsearch, and its configuration files, which every start writes again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import UserError
from generator.files import read_json
from generator.paths import ROOT
from runner.host import machine, maven
from runner.host.files import write_whole
from runner.runtimes.embedded import secret, tls

if TYPE_CHECKING:
    from runner.host.jdk import Jdk

CLUSTER = "holysheep-elk"


@dataclass(frozen=True)
class Layout:
    """The folders of one node.

    `base`: the node's data, logs and configuration. `code`: the unzipped distributions. `secrets`: passwords and the
    certificate that people need.
    """

    base: Path
    code: Path
    secrets: Path
    version: str
    runner: machine.Runner | None
    roles: Path = ROOT / "elasticsearch" / "roles"

    @property
    def home(self) -> Path:
        """ES_HOME: the unzipped distribution of this version. Nothing writes to it."""
        return self.code / f"elasticsearch-{self.version}"

    @property
    def config(self) -> Path:
        """ES_PATH_CONF: the folder of configuration files."""
        return self.base / "config"

    @property
    def record(self) -> Path:
        """The JSON file with the running process."""
        return self.base / "elasticsearch.json"

    @property
    def logs(self) -> list[Path]:
        """The output of the start, and Elasticsearch's own log."""
        return [self.base / "logs" / "start.log", self.base / "logs" / f"{CLUSTER}.log"]

    @property
    def backup(self) -> Path:
        """The folder for snapshots (path.repo)."""
        return self.base / "backup"

    @property
    def authority(self) -> Path:
        """The PEM file with the certificate authority, for clients."""
        return self.secrets / "ca.crt"

    def environment(self, jdk: Jdk) -> dict[str, str]:
        """All environment variables of Elasticsearch; none is taken from the caller."""
        tmp = str(self.base / "tmp")
        return {
            "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
            "LC_ALL": "C.UTF-8",
            "HOME": tmp,
            "ES_TMPDIR": tmp,
            "ES_PATH_CONF": str(self.config),
            "ES_JAVA_HOME": str(jdk.home),
        }

    def run_as(self) -> dict[str, object]:
        """Arguments for `subprocess` that start the process as the unprivileged user."""
        if self.runner is None:
            return {}
        return {"user": self.runner.uid, "group": self.runner.gid, "extra_groups": []}


def prepare(layout: Layout, jdk: Jdk, port: int, heap_mib: int) -> None:
    """Unzip the distribution, make keys, and write the configuration.

    Raises UserError when the user that Elasticsearch runs as may not enter a folder.
    """
    _unzip(layout)
    for name in ("config/jvm.options.d", "data", "logs", "tmp", "backup"):
        (layout.base / name).mkdir(parents=True, exist_ok=True)
    for folder in (layout.base, layout.home, jdk.home):
        if blocked := machine.blocked_folder(folder, layout.runner):
            user = layout.runner.name if layout.runner else ""
            raise UserError(
                f"Elasticsearch refuses root and runs as the user {user}, who may not enter the folder {blocked}",
                where="elasticsearch",
                hint="run this as an ordinary user, or use a checkout and a JDK in folders that all may enter",
            )
    passwords = secret.passwords(layout.secrets)
    tls.make(layout.secrets, jdk, passwords[secret.KEYSTORE])
    _write(layout, port, heap_mib, passwords)
    _own(layout)
    (layout.base / "version").write_text(layout.version + "\n")
    _keystore(layout, jdk, passwords[secret.KEYSTORE])


def _unzip(layout: Layout) -> None:
    if layout.home.is_dir():
        return
    archive = maven.fetch(maven.ELASTICSEARCH[layout.version])
    layout.code.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=layout.code) as folder:
        with zipfile.ZipFile(archive) as zipped:
            zipped.extractall(folder)
        top = Path(folder) / layout.home.name
        # zipfile drops file modes: scripts must be executable, and every file readable by Elasticsearch's user.
        for path in (top, *top.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        try:
            top.replace(layout.home)
        except OSError:
            # Another process unzipped the same distribution at the same time.
            if not layout.home.is_dir():
                raise


def _write(layout: Layout, port: int, heap_mib: int, passwords: dict[str, str]) -> None:
    config = layout.config
    for name in ("log4j2.properties", "jvm.options"):
        shutil.copyfile(layout.home / "config" / name, config / name)
    (config / "jvm.options.d" / "local.options").write_text(
        # Without this the garbage collector's log would grow to 2 GiB.
        f"-Xms{heap_mib}m\n-Xmx{heap_mib}m\n-Xlog:disable\n-Xlog:all=warning:stderr:utctime,level,tags\n"
    )
    # JSON is YAML too, and quotes every path correctly.
    (config / "elasticsearch.yml").write_text(json.dumps(_settings(layout, port), indent=2) + "\n")
    shutil.copyfile(layout.secrets / "http.p12", config / "http.p12")
    users = "".join(f"{name}:{secret.hashed(passwords[name])}\n" for name in secret.USERS)
    (config / "users").write_text(users)
    (config / "users_roles").write_text("".join(f"{role}:{user}\n" for user, role in secret.USERS.items()))
    write_roles(layout)
    for name in ("http.p12", "users", "users_roles"):
        (config / name).chmod(0o600)


def _settings(layout: Layout, port: int) -> dict[str, object]:
    """The settings in elasticsearch.yml."""
    tls_of_layers = {
        f"xpack.security.{layer}.ssl.{key}": value
        for layer in ("http", "transport")
        for key, value in (("enabled", True), ("keystore.path", "http.p12"), ("supported_protocols", ["TLSv1.3"]))
    }
    return {
        "cluster.name": CLUSTER,
        "node.name": "embedded",
        "discovery.type": "single-node",
        "network.host": "127.0.0.1",
        "http.port": port,
        "path.data": str(layout.base / "data"),
        "path.logs": str(layout.base / "logs"),
        "path.repo": str(layout.backup),
        # The defaults of 85, 90 and 95 % would stop a laptop that has 30 GB free on a big disk.
        "cluster.routing.allocation.disk.watermark.low": "1gb",
        "cluster.routing.allocation.disk.watermark.high": "700mb",
        "cluster.routing.allocation.disk.watermark.flood_stage": "500mb",
        "xpack.security.enabled": True,
        "xpack.security.autoconfiguration.enabled": False,
        # Without this any local program could join the cluster as a node.
        "xpack.security.transport.ssl.truststore.path": "http.p12",
        "xpack.security.transport.ssl.verification_mode": "certificate",
        **tls_of_layers,
    }


def write_roles(layout: Layout) -> bool:
    """Write roles.yml from the rendered roles. True when it changed; a running node reads it every five seconds.

    The roles come by file, because this distribution lacks the modules that store roles in an index.
    """
    path = layout.config / "roles.yml"
    roles = {file.stem: read_json(file, "run `make render`") for file in sorted(layout.roles.glob("*.json"))}
    # Elasticsearch splits this file into roles by lines before it parses YAML: a role's name starts in the first
    # column, its body is indented.
    text = "".join(f"{name}:\n  {json.dumps(body)}\n" for name, body in roles.items())
    if path.is_file() and path.read_text() == text:
        return False
    write_whole(path, text, owner=(layout.runner.uid, layout.runner.gid) if layout.runner else None)
    return True


def _own(layout: Layout) -> None:
    if layout.runner is None:
        return
    for name in ("config", "data", "logs", "tmp", "backup"):
        top = layout.base / name
        for path in (top, *top.rglob("*")):
            os.chown(path, layout.runner.uid, layout.runner.gid, follow_symlinks=False)


def _keystore(layout: Layout, jdk: Jdk, password: str) -> None:
    """Make Elasticsearch's keystore with the password of http.p12. It is made once, since each call starts a JVM."""
    if (layout.config / "elasticsearch.keystore").is_file():
        return
    names = [
        f"xpack.security.{part}.secure_password"
        for part in ("http.ssl.keystore", "transport.ssl.keystore", "transport.ssl.truststore")
    ]
    for arguments, stdin in ((["create"], ""), (["add", "-f", "-x", *names], f"{password}\n" * len(names))):
        completed = subprocess.run(  # type: ignore[call-overload]
            [str(layout.home / "bin" / "elasticsearch-keystore"), *arguments],
            input=stdin, capture_output=True, text=True, check=False, env=layout.environment(jdk), **layout.run_as(),
        )  # fmt: skip
        if completed.returncode:
            (layout.config / "elasticsearch.keystore").unlink(missing_ok=True)
            raise UserError(f"its keystore could not be made: {completed.stderr.strip()[-400:]}", where="elasticsearch")
