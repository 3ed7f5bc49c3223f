"""Error messages of providers, clients and applications, with the category that a person gave each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parent / "errors.jsonl"


@dataclass(frozen=True)
class Message:
    """One message; README.md beside this file says what each field means."""

    text: str
    category: str
    source: str
    origin: str
    group: str
    split: str


def load(split: str | None = None) -> list[Message]:
    """All messages in the file's order, or those of one split."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    result = [Message(**json.loads(line)) for line in lines]
    return [message for message in result if split in (None, message.split)]
