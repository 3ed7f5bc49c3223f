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
