"""From the price card and the registry to every generated file, as text; only `write` touches the disk."""

from generator.render.bundle import render

__all__ = ["render"]
