"""The Kibana that the options of a command name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.errors import UserError
from runner.kibana import client
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse

    from runner.kibana.client import Kibana


def named(args: argparse.Namespace) -> Kibana:
    """The Kibana of `--kibana`, else that of this machine. UserError at once in a mode without one."""
    if not args.kibana and (runtime := choose.remembered()) and runtime.no_kibana:
        raise UserError(runtime.no_kibana)
    return client.from_arguments(args)
