"""A server that speaks Kibana's saved objects API as 8.12 does (shared facts, and Kibana's own import code).

Not a mock of our client: it checks each request as Kibana does, and refuses what Kibana refuses.
"""

from __future__ import annotations

import base64
import json
import ssl
import subprocess
import threading
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]
VERSIONS = {
    "dashboard": (8, 9, 0),
    "lens": (8, 9, 0),
    "search": (8, 0, 0),
    "index-pattern": (8, 0, 0),
    "tag": (8, 0, 0),
}
#: The route of Advanced Settings, since 8.8 an internal one.
SETTINGS = "/internal/kibana/settings"


@dataclass
class State:
    """What the server holds: objects by space, and how it behaves."""

    spaces: dict[str, dict[tuple[str, str], Json]] = field(default_factory=lambda: {"default": {}, "ops": {}})
    base: str = "/kibana"
    password: str = "s3cret"  # noqa: S105 - of this server alone
    starting: int = 0
    """How many times it still says that it is not ready."""
    asked: list[str] = field(default_factory=list)
    settings: dict[str, Json] = field(default_factory=lambda: {"default": {}, "ops": {}})
    """Of each space, what was set in Advanced Settings: key → {userValue, isOverridden}."""
    read_only: bool = False
    """Whether the user may not change anything."""
    newer: bool = False
    """Whether it stores dashboards in a newer form than they were imported in."""
    imports: int = 0


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate of localhost and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run([*words, "-addext", names, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


def start(state: State, keys: tuple[Path, Path]) -> tuple[ThreadingHTTPServer, Path]:
    """The running server, and the certificate to trust."""
    cert, key = keys
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"state": state}))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server, cert


class _Handler(BaseHTTPRequestHandler):
    state: State

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        """Status and spaces."""
        space, path = self._route()
        if path == "/api/status":
            if self.state.starting > 0:
                self.state.starting -= 1
                self._send(503, b"Kibana server is not ready yet")
            else:
                self._json(200, {"status": {"overall": {"level": "available"}}})
        elif path and path.startswith("/api/spaces/space/"):
            name = path.rsplit("/", 1)[1]
            known = name in self.state.spaces
            self._json(200 if known else 404, {"id": name} if known else _error(404, "Not Found", "Not Found"))
        elif path == SETTINGS:
            self._json(200, {"settings": self.state.settings[space]})
        else:
            self._json(404, _error(404, "Not Found", f"no route {space}"))

    def do_POST(self) -> None:
        """Import and export."""
        space, path = self._route()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if path is None:
            return
        if "kbn-xsrf" not in self.headers:
            self._json(400, _error(400, "Bad Request", "Request must contain a kbn-xsrf header."))
        elif self.state.read_only and not path.startswith("/api/saved_objects/_export"):
            self._json(403, _error(403, "Forbidden", "Unable to bulk_create dashboard"))
        elif path == SETTINGS:
            for key, value in json.loads(body)["changes"].items():
                self.state.settings[space][key] = {"userValue": value}
            self._json(200, {"settings": self.state.settings[space]})
        elif path == "/api/saved_objects/_bulk_delete":
            self._delete(space, json.loads(body))
        elif path.startswith("/api/saved_objects/_import"):
            self._import(space, body, overwrite="overwrite=true" in path)
        elif path.startswith("/api/saved_objects/_export"):
            self._export(space, json.loads(body))
        else:
            self._json(404, _error(404, "Not Found", "Not Found"))

    def _route(self) -> tuple[str, str | None]:
        self.state.asked.append(self.path)
        credentials = "Basic " + base64.b64encode(f"elastic:{self.state.password}".encode()).decode()
        if self.headers.get("Authorization") != credentials:
            self._json(401, _error(401, "Unauthorized", "[security_exception]: unable to authenticate user"))
            return "", None
        if not self.path.startswith(self.state.base):
            self._json(404, _error(404, "Not Found", "Not Found"))
            return "", None
        path = self.path.removeprefix(self.state.base)
        if path.startswith("/s/"):
            space, rest = path.removeprefix("/s/").split("/", 1)
            return space, f"/{rest}"
        return "default", path

    def _import(self, space: str, body: bytes, *, overwrite: bool) -> None:
        head, _, rest = body.partition(b"\r\n\r\n")
        if b'.ndjson"' not in head:
            self._json(400, _error(400, "Bad Request", "Invalid file extension"))
            return
        boundary = self.headers["Content-Type"].split("boundary=")[1].encode()
        imported = [json.loads(line) for line in rest.split(b"\r\n--" + boundary)[0].splitlines() if line.strip()]
        imported = [item for item in imported if "type" in item]
        keys = [(item["type"], item["id"]) for item in imported]
        if len(keys) != len(set(keys)):
            self._json(400, _error(400, "Bad Request", "Non-unique import objects detected"))
            return
        for item in imported:
            known = VERSIONS.get(item["type"], (0, 0, 0))
            if tuple(map(int, item.get("typeMigrationVersion", "0.0.0").split("."))) > known:
                response = f'Document "{item["id"]}" belongs to a more recent version of Kibana'
                self._json(422, _error(422, "Unprocessable Entity", response))
                return
        self._json(200, self._store(space, imported, set(keys), overwrite=overwrite))

    def _store(self, space: str, imported: list[Json], keys: set[tuple[str, str]], *, overwrite: bool) -> Json:
        held = self.state.spaces[space]
        done: list[Json] = []
        wrong: list[Json] = []
        for item in imported:
            key, meta = (item["type"], item["id"]), {"title": item["attributes"].get("title")}
            lost = [
                {"type": ref["type"], "id": ref["id"]}
                for ref in item["references"]
                if ref["type"] in ("index-pattern", "search") and (ref["type"], ref["id"]) not in keys | set(held)
            ]
            if lost:
                error: Json = {"type": "missing_references", "references": lost}
                wrong.append({"type": key[0], "id": key[1], "meta": meta, "error": error})
            elif key[0] not in VERSIONS:
                wrong.append({"type": key[0], "id": key[1], "meta": meta, "error": {"type": "unsupported_type"}})
            elif key in held and not overwrite:
                wrong.append({"type": key[0], "id": key[1], "meta": meta, "error": {"type": "conflict"}})
            else:
                done.append({"type": key[0], "id": key[1], "meta": meta, **self._keep(space, item)})
        answer: Json = {"successCount": len(done), "success": not wrong, "warnings": []}
        return {**answer, **({"successResults": done} if done else {}), **({"errors": wrong} if wrong else {})}

    def _keep(self, space: str, item: Json) -> Json:
        """Store an object; an id that another space has becomes another id here."""
        held = self.state.spaces[space]
        key = (item["type"], item["id"])
        self.state.imports += 1
        item = {**item, "updated_at": f"2026-11-21T05:{self.state.imports // 60:02}:{self.state.imports % 60:02}.000Z"}
        if self.state.newer and item["type"] == "dashboard":
            item = {**item, "attributes": {**item["attributes"], "controlGroupInput": {"chainingSystem": "NEWER"}}}
        copy = next((object_ for object_ in held.values() if object_.get("originId") == item["id"]), None)
        if copy:
            held[(item["type"], copy["id"])] = {**item, "id": copy["id"], "originId": item["id"]}
            return {"overwrite": True, "destinationId": copy["id"]}
        if any(key in other for name, other in self.state.spaces.items() if name != space):
            new = str(uuid.uuid4())
            held[(item["type"], new)] = {**item, "id": new, "originId": item["id"]}
            return {"destinationId": new}
        existing = key in held
        held[key] = item
        return {"overwrite": True} if existing else {}

    def _delete(self, space: str, keys: list[Json]) -> None:
        statuses = []
        for key in keys:
            gone = self.state.spaces[space].pop((key["type"], key["id"]), None) is not None
            error = {} if gone else {"error": _error(404, "Not Found", "Saved object not found")}
            statuses.append({**key, "success": gone, **error})
        self._json(200, {"statuses": statuses})

    def _export(self, space: str, requested: Json) -> None:
        held = self.state.spaces[space]
        if "type" in requested:
            result = [item for (type_, _), item in held.items() if type_ in requested["type"]]
        else:
            keys = [(object_["type"], object_["id"]) for object_ in requested["objects"]]
            lost = [
                {"type": key[0], "id": key[1], "error": _error(404, "Not Found", "")} for key in keys if key not in held
            ]
            if lost:
                answer = _error(400, "Bad Request", "Error fetching objects to export")
                self._json(400, {**answer, "attributes": {"objects": lost}})
                return
            result = [held[key] for key in keys]
        stamps = {"created_at": "2026-11-21T04:06:34.493Z", "updated_at": "2026-11-21T04:06:34.493Z", "managed": False}
        self._send(
            200, "".join(json.dumps({**stamps, **item, "version": "WzEsMV0="}) + "\n" for item in result).encode()
        )

    def _json(self, status: int, body: Json) -> None:
        self._send(status, json.dumps(body).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _error(status: int, error: str, message: str) -> Json:
    return {"statusCode": status, "error": error, "message": message}
