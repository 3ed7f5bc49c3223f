"""What the command line answers to options that it doesn't know, and to a missing package."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from runner import cli
from runner.commands import progress
from runner.runtimes import choose

if TYPE_CHECKING:
    from pathlib import Path


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


LOGINS = [
    (["report", "2025-01"], ["--api-key-file"]),
    (["report", "2025-01"], ["--ca"]),
    (["query", "daily-cost"], ["--password-file"]),
    (["rollup"], ["--user"]),
    (["seal"], ["--api-key-file"]),
    (["erase", "--user", "user-022"], ["--login", "--api-key-file"]),
]


@pytest.mark.parametrize(("command", "options"), LOGINS)
def test_a_login_without_its_cluster_is_refused(
    command: list[str], options: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Or this checkout's Elasticsearch would answer, with this checkout's own rights."""
    monkeypatch.delenv("ELASTICSEARCH_URL", raising=False)
    words = [word for option in options for word in (option, "/nope")]
    assert cli.main([*command, *words]) == 2
    verb = "goes" if len(options) == 1 else "go"
    assert capsys.readouterr().err.startswith(f"{', '.join(options)}: {verb} with --url, name the cluster")


@pytest.mark.parametrize(("command", "options"), LOGINS)
def test_the_environment_may_name_the_cluster(
    command: list[str], options: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With ELASTICSEARCH_URL the login is used: the file is looked for, or the host does not answer."""
    monkeypatch.setenv("ELASTICSEARCH_URL", "http://127.0.0.1:9")
    words = [word for option in options for word in (option, "/nope")]
    assert cli.main([*command, *words]) == 2
    assert "with --url" not in capsys.readouterr().err


def test_a_variable_is_no_option(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """ELASTICSEARCH_CA and ELASTICSEARCH_USER may stay set while this checkout's own Elasticsearch is asked."""
    monkeypatch.delenv("ELASTICSEARCH_URL", raising=False)
    monkeypatch.setenv("ELASTICSEARCH_CA", "/nope")
    monkeypatch.setenv("ELASTICSEARCH_USER", "dana")
    assert cli.main(["report", "2025-01"]) == 2
    assert "no Elasticsearch of this checkout runs" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["rollup", "--from"],
        ["reconcile", "bill.csv", "--to"],
        ["erase", "--user", "u", "--asked"],
        ["verify", "--from"],
        ["evidence", "--to"],
        ["seal", "--day"],
    ],
)
def test_days_have_one_form(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The same sentence in every command."""
    assert refused([*words, "March"], capsys) == f"argument {words[-1]}: 'March' is no day, write 2026-11-25"


@pytest.mark.parametrize("text", ["0", "-1", "x", "1.5", "", "9999999999"])
def test_a_number_of_lines_is_from_1(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The last 0 lines of a list are all of them."""
    message = refused(["logs", f"--lines={text}"], capsys)
    assert message == f"argument -n/--lines: {text!r} is no whole number from 1 to 999,999,999"


@pytest.mark.parametrize("command", ["import-dashboards", "export-dashboards", "plan", "apply"])
@pytest.mark.parametrize("text", ["-5", "nan", "inf", "long"])
def test_a_wait_is_from_0_seconds(command: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is asked."""
    message = refused([command, f"--wait={text}"], capsys)
    assert message == f"argument --wait: {text!r} is no number of seconds from 0"


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The message of a command line that the parser refuses, without usage and name."""
    with pytest.raises(SystemExit) as end:
        cli.main(words)
    assert end.value.code == 2
    return capsys.readouterr().err.splitlines()[-1].partition("error: ")[2]


@pytest.mark.parametrize("command", ["import-dashboards", "export-dashboards"])
def test_the_embedded_mode_has_no_kibana(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Told at once, as `plan` does; it waited 300 s for https://localhost:5601."""
    monkeypatch.delenv("KIBANA_URL", raising=False)
    (tmp_path / "mode").write_text("embedded\n")
    monkeypatch.setattr(choose, "FILE", tmp_path / "mode")
    assert cli.main([command]) == 2
    assert capsys.readouterr().err == "holysheep-elk: the embedded mode has no Kibana; --kibana URL names one\n"


@pytest.mark.parametrize(
    "words",
    [
        ["import-dashboards", "--kibana", "https://localhost:1"],
        ["query", "daily-cost", "--url", "https://localhost:1"],
    ],
)
def test_an_authority_is_a_certificate(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is something else is named before anybody is asked."""
    file = tmp_path / "ca.txt"
    file.write_text("no certificate")
    assert cli.main([*words, "--ca", str(file)]) == 2
    assert capsys.readouterr().err == f"{file}: holds no certificate, --ca takes a PEM file\n"
    assert cli.main([*words, "--ca", str(tmp_path / "none")]) == 2
    assert "there is no such file, --ca takes a PEM file" in capsys.readouterr().err


def test_no_bar_where_stderr_is_no_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    """Cron mails whatever a command prints, and the bar's end was an empty line."""
    with progress.shown_each("one", "two") as (one, two):
        one(1, 2)
        two(2, 2)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("words", [["price", ""], ["price", " "], ["price", "gpt-4.1", "--response-model", ""]])
def test_a_model_has_a_name(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """An unset variable in a script: `price "$MODEL"`."""
    with pytest.raises(SystemExit) as end:
        cli.main(words)
    assert end.value.code == 2
    assert capsys.readouterr().err.endswith("the name of a model is empty\n")


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
