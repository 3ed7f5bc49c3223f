"""What a request to a model API asks for."""

from __future__ import annotations

import json
import re
from typing import Any, Final

#: End of the path → operation.
OPERATIONS: Final = {
    "/chat/completions": "chat", "/responses": "chat", "/messages": "chat", "/completions": "text_completion",
    "/embeddings": "embeddings", "/responses/compact": "chat", "/images/generations": "image_generation",
    "/images/edits": "image_generation", "/audio/transcriptions": "transcription",
    "/audio/translations": "transcription", "/audio/speech": "speech",
}  # fmt: skip
_MODEL: Final = re.compile(rb'name="model"\r\n\r\n([^\r\n]{1,256})\r\n')


def operation_of(method: str, path: str) -> str | None:
    """The operation of a request; None for one that is no model call."""
    path = path.rstrip("/")
    if "/threads/" in path:
        # A message that is put into a thread of the Assistants API; no model is asked.
        return None
    return next((name for end, name in OPERATIONS.items() if path.endswith(end)), None) if method == "POST" else None


def body_of(body: bytes) -> dict[str, Any]:
    """The request; of a form, in which files are sent, the model alone."""
    if body.startswith(b"--"):
        match = _MODEL.search(body)
        return {"model": match.group(1).decode("utf-8", "replace")} if match is not None else {}
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
