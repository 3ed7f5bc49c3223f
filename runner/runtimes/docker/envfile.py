"""Reads compose/.env as docker compose reads it, and changes single variables in it.

python-dotenv splits the file into settings: comments, `export NAME=`, quotes, values of several lines. The values are
read here, since compose differs in comments, in backslashes and in variables inside values. tests/unit/test_envfile.py
compares each form with the real `docker compose config`.

Supported are `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, and `$$` for a dollar sign; in single quotes
nothing is replaced. Every other form that compose knows, such as `${NAME:?message}` or `NAME: value`, is refused with
its line: reading it differently than compose would be worse.
"""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING, Final, NamedTuple

from dotenv.parser import Binding, parse_stream

from generator.errors import UserError
from runner.host.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

REFERENCE: Final = re.compile(
    r"\$(?:(?P<dollar>\$)|(?P<bare>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)(?:(?P<when>:?-)(?P<default>[^{}$]*))?\})"
)
#: A value between quotes, where a backslash keeps a quote from ending it.
QUOTED: Final = re.compile(r"""'(?P<single>(?:\\'|[^'])*)'|"(?P<double>(?:\\"|[^"])*)["]""", re.DOTALL)
#: Backslash and letter in double quotes → what they mean. A dollar sign becomes `$$`, so that it begins no reference.
ESCAPES: Final = dict(zip('abfnrtv"\\', '\a\b\f\n\r\t\v"\\', strict=True)) | {"$": "$$"}
#: The letters that compose allows in a variable's name.
NAME: Final = re.compile(r"[A-Za-z_][\w.\-\[\]]*")


class Setting(NamedTuple):
    """A variable's value, and the line of the file that sets it."""

    value: str
    line: int


def read(path: Path, environment: Mapping[str, str]) -> dict[str, Setting]:
    """Name → setting; empty when there is no file.

    A variable inside a value is looked up in `environment`, then in the lines above. UserError with file and line for a
    line that compose would refuse, and for a form of reference that is not supported.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeError) as error:
        raise UserError(f"can't be read: {error}", where=str(path)) from error
    settings: dict[str, Setting] = {}
    for binding in parse_stream(StringIO(text)):
        line = _line(binding)
        if binding.error or (binding.key is not None and not NAME.fullmatch(binding.key)):
            raise UserError(
                "this is no setting", where=f"{path}:{line}", hint="write NAME=value, or # before a comment"
            )
        # A name without `=` takes the value of the environment.
        if binding.key is None or binding.value is None:
            continue
        known = {name: setting.value for name, setting in settings.items()} | dict(environment)
        settings[binding.key] = Setting(_value(binding, known, f"{path}:{line}"), line)
    return settings


def _line(binding: Binding) -> int:
    """The line number of a setting's name; the text of a binding begins with the empty lines above it."""
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")


def _value(binding: Binding, known: Mapping[str, str], where: str) -> str:
    """The value of a setting, as compose reads it."""
    text = binding.original.string.partition("=")[2].lstrip(" \t")
    if quoted := QUOTED.match(text):
        if quoted["single"] is not None:
            return quoted["single"].replace("\\'", "'")
        if "\\0" in quoted["double"]:
            raise UserError("octal characters are not supported here", where=where, hint="write the character itself")
        unescaped = re.sub(r'\\([abfnrtv$"\\])', lambda escape: ESCAPES[escape[1]], quoted["double"])
        return _resolved(unescaped, known, where)
    # A comment begins with a space and #. A tab does not begin one.
    return _resolved(text.partition(" #")[0].strip(), known, where)


def _resolved(text: str, known: Mapping[str, str], where: str) -> str:
    def replacement(reference: re.Match[str]) -> str:
        if reference["dollar"]:
            return "$"
        value = known.get(reference["bare"] or reference["name"], None)
        # `:-` takes the default for an empty value too, `-` only for a missing one.
        missing = not value if reference["when"] == ":-" else value is None
        return (reference["default"] or "") if missing else str(value)

    if "$" in REFERENCE.sub("", text):
        hint = "write $NAME, ${NAME} or ${NAME:-default}, and $$ for a dollar sign"
        raise UserError("this use of $ is not supported here", where=where, hint=hint)
    return REFERENCE.sub(replacement, text)


def changed(text: str, values: Mapping[str, str]) -> str:
    """The file's text with new values. A value replaces the last line that sets its variable, else is appended."""
    for name, value in values.items():
        bindings = list(parse_stream(StringIO(text)))
        parts = [binding.original.string for binding in bindings]
        places = [number for number, binding in enumerate(bindings) if binding.key == name]
        if places:
            # For compose the last line of a variable counts.
            old = parts[places[-1]]
            space = old[: len(old) - len(old.lstrip())]
            parts[places[-1]] = f"{space}{name}={value}\n"
        else:
            if parts and not parts[-1].endswith("\n"):
                parts[-1] += "\n"
            parts.append(f"{name}={value}\n")
        text = "".join(parts)
    return text


def write(path: Path, values: Mapping[str, str]) -> None:
    """Change values in the file, in one step. All other lines stay as they are."""
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    write_whole(path, changed(before, values))


def line_of(name: str, value: str) -> str:
    """A line that sets a variable to exactly this value."""
    if re.fullmatch(r"[\w.,:/@%+-]*", value):
        return f"{name}={value}"
    escaped = re.sub(r'([\\"$])', r"\\\1", value)
    return f'{name}="{escaped}"'
