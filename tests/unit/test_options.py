"""What the command line answers to options that it doesn't know, and to a missing package."""

from __future__ import annotations

import sys

import pytest

from runner import cli


@pytest.mark.parametrize(
    ("argv", "command"),
    [(["report", "--to", "2026-11-25"], "report"), (["reprice", "2026-11"], "reprice"), (["up", "--sample"], "up")],
)
def test_an_unknown_option_is_answered_by_its_command(
    argv: list[str], command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Abbreviations are none: `--to` is not `--top`, `--sample` not `--samples`."""
    with pytest.raises(SystemExit) as end:
        cli.main(argv)
    assert end.value.code == 2
    message = capsys.readouterr().err
    assert message.startswith(f"usage: holysheep-elk {command} ")
    assert message.endswith(f"error: unrecognized arguments: {' '.join(argv[1:2])}\n")


@pytest.mark.parametrize(("command", "package"), [("classify", "tenacity"), ("sentry", "sentry_sdk")])
def test_a_missing_package_is_named(
    command: str, package: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python takes None in `sys.modules` for a package that is not installed."""
    for name in [name for name in sys.modules if name.startswith("runner.") and "classify" in name]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, f"runner.commands.{command}", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    assert cli.main([command, "--dry-run"]) == 2
    assert capsys.readouterr().err == f"holysheep-elk: the Python package {package} is missing, run `make setup`\n"
