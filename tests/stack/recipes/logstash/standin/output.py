"""The elasticsearch output: `create` in bulk, retried for ever but for what is refused for good."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import sys
import time
from typing import Any
from urllib.parse import urlsplit

Document = dict[str, Any]
KNOWN = 409
REFUSED = (400, 404)
#: Shorter than the 30 s of the shipped `retry_max_interval`, so that tests wait less: no test is about this pause.
LONGEST_S = 4.0


class Output:
    """One connection with the writer's rights, made anew when it breaks."""

    def __init__(self, url: str, authority: str, login: str) -> None:
        """`login` is `user:password`."""
        self._address = urlsplit(url)
        self._context = ssl.create_default_context(cafile=authority)
        self._headers = {
            "Authorization": "Basic " + base64.b64encode(login.encode()).decode(),
            "Content-Type": "application/x-ndjson",
        }
        self._connection: http.client.HTTPSConnection | None = None

    def send(self, documents: list[Document]) -> list[tuple[Document, int, Document]]:
        """Return when each is in or known; (document, status, error) of those that are refused for good."""
        refused: list[tuple[Document, int, Document]] = []
        todo, wait = documents, 1.0
        while todo:
            try:
                items = self._post(todo)
            except (OSError, http.client.HTTPException, ValueError) as error:
                print(f"WARN Elasticsearch does not take documents: {error}", file=sys.stderr)
                time.sleep(wait)
                wait = min(wait * 2, LONGEST_S)
                continue
            retries = []
            for document, item in zip(todo, items, strict=True):
                status = int(item["status"])
                if status in REFUSED:
                    refused.append((document, status, item.get("error") or {}))
                elif status >= 300 and status != KNOWN:
                    retries.append(document)
            if retries:
                time.sleep(wait)
                wait = min(wait * 2, LONGEST_S)
            todo = retries
        return refused

    def _post(self, documents: list[Document]) -> list[Document]:
        lines = []
        for document in documents:
            lines += [{"create": {"_index": document["_index"], "_id": document["_id"]}}, document["_source"]]
        body = "".join(json.dumps(line) + "\n" for line in lines).encode()
        if self._connection is None:
            self._connection = http.client.HTTPSConnection(
                str(self._address.hostname), self._address.port, timeout=60, context=self._context
            )
        try:
            self._connection.request("POST", "/_bulk", body, self._headers)
            answer = self._connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            raise
        if answer.status != 200:
            raise ValueError(f"it answered {answer.status}")
        return [item["create"] for item in json.loads(text)["items"]]
