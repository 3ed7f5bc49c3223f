"""The Kibana that the options of a command name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.errors import UserError
from runner.kibana import client
from runner.runtimes import choose

if TYPE_CHECKING:
    import argparse

    from runner.kibana.client import Kibana

NONE_EMBEDDED: Final = "the embedded mode has no Kibana; --kibana URL names one"


def named(args: argparse.Namespace) -> Kibana:
    """The Kibana of `--kibana`, else that of this machine. UserError at once in the embedded mode, which has none."""
    if not args.kibana and (runtime := choose.remembered()) and runtime.mode == "embedded":
        raise UserError(NONE_EMBEDDED)
    return client.from_arguments(args)
