"""The command line: reads the arguments, imports the requested command, and runs it.

A table names the commands, so that `--help` imports none of them. `runner.cli` adds its own commands to this table.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

from generator.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Command(NamedTuple):
    """The help text of a command, and the module to import when the command is requested.

    The module has `add_parser(subparsers)`, which registers the command with its options and its `run`.
    """

    help: str
    module: str


#: The commands of `python -m generator`.
COMMANDS: Final[dict[str, Command]] = {
    "render": Command("render every generated file from pricing.yaml", "generator.options.render"),
    "check": Command("name generated files that are missing, different or stray", "generator.options.check"),
    "price": Command("show which price a model name gets, and what a call costs", "generator.commands.price"),
}


def later(module: str, function: str = "run") -> Callable[[argparse.Namespace], int]:
    """A function of a command's module, which is imported at the call: reading options must not wait for it."""

    def run_command(args: argparse.Namespace) -> int:
        code: int = getattr(importlib.import_module(module), function)(args)
        return code

    return run_command


class _Parser(argparse.ArgumentParser):
    """Takes options by their whole names, and answers a wrong one with the usage of the command that it was given to.

    To argparse alone `report --to …` means `--top`, and `reprice 2026-11` is answered with the list of all commands.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # argparse's own
        super().__init__(**{"allow_abbrev": False, **options})

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # noqa: ANN401  # argparse's own
        """The arguments; ends with exit code 2 when one is unknown."""
        known, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return known, unknown


def build_parser(
    commands: Mapping[str, Command], wanted: str | None = None, prog: str = "python -m generator"
) -> argparse.ArgumentParser:
    """The parser, with the options of the `wanted` command alone; of every other command only the help line."""
    parser = _Parser(prog=prog, description="The ELK stack for an LLM gateway, from one pricing.yaml.")
    sub = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in commands.items():
        if name == wanted:
            importlib.import_module(command.module).add_parser(sub)
        else:
            sub.add_parser(name, help=command.help)
    return parser


#: What to do about a file that the system refuses.
_HINTS: Final = {
    errno.EROFS: ", the checkout must be writable: copy it to a folder of your own, or mount it for writing",
    errno.EACCES: ", make it writable for this user, or run the command as its owner",
    errno.EPERM: ", make it writable for this user, or run the command as its owner",
    errno.ENOSPC: ", free some space and run the command again",
}


def wanted(argv: Sequence[str]) -> str | None:
    """The command's name in the arguments: the first that is no option, as no option before it takes a value."""
    return next((argument for argument in argv if not argument.startswith("-")), None)


def run(build: Callable[[], argparse.ArgumentParser], argv: Sequence[str]) -> int:
    """Run one command. The exit code: 0 is success, 1 a finding (check, diff), 2 a mistake of the user's."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        # Raised as an exception, so that `with` blocks stop the processes that they started.
        signal.signal(number, _end)
    try:
        # Building the parser imports the command, and that import can raise a UserError about the checkout.
        args = build().parse_args(argv)
        # What options of one command say of each other.
        for check in getattr(args, "checks", ()):
            check(args)
        code: int = args.func(args)
    except UserError as error:
        print(f"holysheep-elk: {error}" if not error.where else str(error), file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in {"generator", "runner", "holysheep"}:
            raise
        print(f"holysheep-elk: the Python package {error.name} is missing, run `make setup`", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (`| head`) has gone; the descriptor is replaced so that Python's own flush at exit is silent.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        # A read-only checkout, an unwritable home, a full disk: the file, the system's own words, and what to do.
        name = str(error.filename or "").removesuffix(".part")
        hint = _HINTS.get(error.errno or 0, "")
        print(f"{name or 'holysheep-elk'}: {error.strerror or error}{hint}", file=sys.stderr)
        return 2
    return code


def _end(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m generator`."""
    arguments = sys.argv[1:] if argv is None else argv
    return run(lambda: build_parser(COMMANDS, wanted(arguments)), arguments)
