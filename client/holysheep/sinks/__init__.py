"""Where lines can go: a file for Filebeat, the bundle's webhook, standard output, OTLP."""

from holysheep.sinks.file import FileSink
from holysheep.sinks.stdout import StdoutSink

__all__ = ["FileSink", "StdoutSink"]
