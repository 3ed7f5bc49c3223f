"""Filters with `privacy.user_ids: hmac`, and what they must make of a user."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from runner.compliance import subject_keys
from tests.filterrun import Filter

if TYPE_CHECKING:
    from pathlib import Path

    from tests.filterrun import Json


def hashing(command: list[str], rules: Json, folder: Path, key: str) -> Filter:
    """A filter that keeps users' keys in a folder, with a privacy key; an empty one for none."""
    folder.mkdir(exist_ok=True)
    (folder / "rules.json").write_text(json.dumps({**rules, "keep": {**rules["keep"], "user_ids": "hmac"}}))
    (folder / "key").write_text(f"{key}\n", encoding="utf-8")
    files = {"HOLYSHEEP_PRIVACY_KEY_FILE": str(folder / "key"), subject_keys.VARIABLE: str(subjects(folder))}
    return Filter(command, folder / "rules.json", {**os.environ, **files})


def subjects(folder: Path) -> Path:
    """The file of users' keys of such a filter."""
    return folder / "subjects" / subject_keys.NAME


def pseudonym(folder: Path, user: str) -> str:
    """A user's pseudonym by the files of such a filter, which must have one key of this user."""
    privacy_key = (folder / "key").read_bytes().strip()
    (key,) = subject_keys.of_user(subjects(folder), [privacy_key], user)
    return key.pseudonym


def call(user: object, **more: object) -> bytes:
    """A line of the source `middleware`: a call of the user."""
    line = {
        "timestamp": "2025-01-15T10:30:00Z", "model": "gpt-4.1", "prompt_tokens": 10, "completion_tokens": 1,
        "status": "success", "user_id": user, **more,
    }  # fmt: skip
    return json.dumps(line, ensure_ascii=False).encode()


def users(answers: list[list[Json]]) -> list[str | None]:
    """`user.id` of the first document of each line; None for none."""
    return [documents[0]["_source"].get("user", {}).get("id") for documents in answers]
