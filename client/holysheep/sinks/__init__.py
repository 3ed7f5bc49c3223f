"""Where lines can go: a file for Filebeat, the bundle's webhook, standard output, OTLP. Several at once."""

from holysheep.sinks.choice import default_sinks
from holysheep.sinks.file import FileSink
from holysheep.sinks.otlp import OtlpSink
from holysheep.sinks.stdout import StdoutSink
from holysheep.sinks.webhook import WebhookSink

__all__ = ["FileSink", "OtlpSink", "StdoutSink", "WebhookSink", "default_sinks"]
