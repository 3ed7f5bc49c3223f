"""Which sink a logger has that was given none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holysheep.sinks.file import FileSink
from holysheep.sinks.webhook import WebhookSink

if TYPE_CHECKING:
    from holysheep.delivery import Sink
    from holysheep.settings import Settings


def default_sinks(settings: Settings) -> list[Sink]:
    """The webhook where the settings name one, else the log file."""
    if settings.webhook_url is None:
        rotation = settings.max_file_bytes, settings.keep_files, settings.rotate_seconds
        return [FileSink(settings.log_file, *rotation)]
    return [
        WebhookSink(
            settings.webhook_url, user=settings.webhook_user, password_file=settings.webhook_password_file,
            ca=settings.webhook_ca,
        )
    ]  # fmt: skip
