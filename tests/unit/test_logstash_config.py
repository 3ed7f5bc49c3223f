"""Facts about the rendered Logstash files, by parsing them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from generator import card
from generator.errors import UserError
from generator.paths import PRICING, ROOT
from generator.render import context, registry, text
from tests.logstash_conf import Plugin, parse
from tests.small_card import SMALL

HOSTILE = ('"} ruby { code => "x"', "%{x}", "${HOME}", "a\nb", "'\"", "tail\\")


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """Every rendered text file of the shipped card."""
    return text.files(card.load(PRICING), registry.load())


@pytest.fixture(scope="module")
def pipelines(files: dict[str, str]) -> dict[str, dict[str, list[Plugin]]]:
    """File name → parsed pipeline."""
    return {Path(path).name: parse(body) for path, body in files.items() if path.startswith("logstash/pipeline/")}


def plugin(pipeline: dict[str, list[Plugin]], section: str, name: str) -> dict[str, Any]:
    """The options of the one plugin of that name."""
    (result,) = [options for kind, options in pipeline[section] if kind == name]
    return result


def test_bodies_become_documents_before_the_queue(pipelines: dict[str, Any], files: dict[str, str]) -> None:
    """The bundle's codec takes every body, and Logstash finds it; TLS is on, a password asked for, memory bounded."""
    http = plugin(pipelines["gateway.conf"], "input", "http")
    assert http["additional_codecs"] == {}
    ((codec, options),) = [http["codec"]]
    (folder,) = yaml.safe_load(files["logstash/logstash.yml"])["path.plugins"]
    assert (ROOT / "logstash" / "ruby" / "logstash" / "codecs" / f"{codec}.rb").is_file()
    filters = plugin(pipelines["gateway.conf"], "filter", "ruby")
    assert Path(filters["path"]).parent == Path(folder)
    assert options == filters["script_params"]
    assert http["ssl_enabled"] is True
    assert http["password"] == "${HOLYSHEEP_WEBHOOK_PASSWORD}"  # noqa: S105 - a reference
    assert 10_000_000 < http["max_content_length"] <= 16 * 1024 * 1024
    assert http["max_content_length"] * (http["max_pending_requests"] + 3 * http["threads"]) < 400 * 1024 * 1024


def test_lines_of_many_records_are_taken_apart_before_the_queue(pipelines: dict[str, Any]) -> None:
    """Those of files and those of Kafka, which come in Filebeat's envelope; by the rules of the filter."""
    (filters,) = [options for _, options in pipelines["gateway.conf"]["filter"]]
    ((codec, options),) = [plugin(pipelines["gateway.conf"], "input", "beats")["codec"]]
    ((by_kafka, with_envelope),) = [plugin(pipelines["kafka.conf"], "input", "kafka")["codec"]]
    assert codec == by_kafka == "holysheep_lines"
    assert (ROOT / "logstash" / "ruby" / "logstash" / "codecs" / f"{codec}.rb").is_file()
    assert options == filters["script_params"]
    assert with_envelope == {**options, "envelope": True}


def test_the_inputs_take_tls_1_3_alone(pipelines: dict[str, Any]) -> None:
    """Both inputs; a variable lets the webhook take 1.2 from senders that have no more, and nothing lets 1.1 in."""
    beats = plugin(pipelines["gateway.conf"], "input", "beats")
    http = plugin(pipelines["gateway.conf"], "input", "http")
    assert beats["ssl_supported_protocols"] == ["TLSv1.3"]
    assert http["ssl_supported_protocols"] == ["TLSv1.3", "${HOLYSHEEP_WEBHOOK_OLDEST_TLS:TLSv1.3}"]


def test_a_start_gives_no_warning(pipelines: dict[str, Any], files: dict[str, str]) -> None:
    """Logstash warns of a codec without `codec_metadata` beside it, and of one worker whose order is not said."""
    beats = plugin(pipelines["gateway.conf"], "input", "beats")
    assert beats["enrich"] == ["codec_metadata"]
    for pipeline in yaml.safe_load(files["logstash/pipelines.yml"]):
        assert pipeline.get("pipeline.workers") != 1 or pipeline["pipeline.ordered"] is False


def test_filebeat_must_show_a_certificate(pipelines: dict[str, Any]) -> None:
    """The Beats input takes only clients of the bundle's authority."""
    beats = plugin(pipelines["gateway.conf"], "input", "beats")
    assert beats["ssl_enabled"] is True
    assert beats["ssl_client_authentication"] == "required"
    assert beats["ssl_certificate_authorities"]


def test_one_filter_and_it_is_a_file(pipelines: dict[str, Any]) -> None:
    """Each pipeline filters by one Ruby script by path; no code stands in a pipeline."""
    for name, script in (("gateway.conf", "holysheep.rb"), ("deadletter.conf", "deadletter.rb")):
        ((kind, options),) = pipelines[name]["filter"]
        assert kind == "ruby"
        assert "code" not in options
        assert Path(options["path"]).name == script
        assert (Path(__file__).parents[2] / "logstash" / "ruby" / script).is_file()


@pytest.mark.parametrize("name", ["gateway", "deadletter", "gateway-api-key", "deadletter-api-key"])
def test_documents_are_only_ever_created(pipelines: dict[str, Any], name: str) -> None:
    """Index and id are the filter's, the action is create, certificates are checked, templates are left alone."""
    output = plugin(pipelines[f"{name}.conf"], "output", "elasticsearch")
    assert output["action"] == "create"
    assert output["index"] == "%{[@metadata][index]}"
    assert output["document_id"] == "%{[@metadata][id]}"
    assert output["ssl_enabled"] is True
    assert output["ssl_verification_mode"] == "full"
    assert output["manage_template"] is output["ilm_enabled"] is output["data_stream"] is False


def test_one_way_to_log_in_a_file(pipelines: dict[str, Any]) -> None:
    """Logstash refuses an output with both a password and an API key, so the two are files of their own."""
    for name in ("gateway", "deadletter"):
        by_user = plugin(pipelines[f"{name}.conf"], "output", "elasticsearch")
        by_key = plugin(pipelines[f"{name}-api-key.conf"], "output", "elasticsearch")
        assert "api_key" not in by_user
        assert not {"user", "password"} & by_key.keys()
        assert {k: v for k, v in by_user.items() if k not in ("user", "password")} == {
            k: v for k, v in by_key.items() if k != "api_key"
        }


def test_every_plugin_has_an_id(pipelines: dict[str, Any]) -> None:
    """Logs and the API name plugins by it."""
    for pipeline in pipelines.values():
        for plugins in pipeline.values():
            for _, options in plugins:
                assert options["id"]


def test_ids_are_unique(pipelines: dict[str, Any]) -> None:
    """No two plugins of one pipeline share an id."""
    for pipeline in pipelines.values():
        ids = [options["id"] for plugins in pipeline.values() for _, options in plugins]
        assert len(ids) == len(set(ids))


def test_queues_are_on_disk(files: dict[str, str]) -> None:
    """Both queues are persisted and bounded, and what is refused, also twice, is on disk and bounded as well."""
    gateway, deadletter = yaml.safe_load(files["logstash/pipelines.yml"])
    for pipeline in (gateway, deadletter):
        assert pipeline["queue.type"] == "persisted"
        assert pipeline["queue.max_bytes"]
    assert gateway["dead_letter_queue.enable"] is True
    assert deadletter["dead_letter_queue.enable"] is True
    assert gateway["dead_letter_queue.max_bytes"] == deadletter["dead_letter_queue.max_bytes"]
    assert [gateway["pipeline.id"], deadletter["pipeline.id"]] == ["gateway", "deadletter"]


def test_the_dead_letter_input_reads_the_gateways_queue(files: dict[str, str], pipelines: dict[str, Any]) -> None:
    """It names the pipeline that pipelines.yml gives a dead letter queue, and deletes what it has read."""
    letters = plugin(pipelines["deadletter.conf"], "input", "dead_letter_queue")
    assert letters["pipeline_id"] == yaml.safe_load(files["logstash/pipelines.yml"])[0]["pipeline.id"]
    assert letters["clean_consumed"] is letters["commit_offsets"] is True


def test_the_api_is_not_on_the_network(files: dict[str, str]) -> None:
    """Logstash's API has no password, so it listens on the loopback address unless the debug overlay says otherwise."""
    settings = yaml.safe_load(files["logstash/logstash.yml"])
    assert settings["api.http.host"] == "${HOLYSHEEP_API_HOST:127.0.0.1}"
    assert settings["config.reload.automatic"] is True


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_model_name_is_in_no_text_file(tmp_path: Path, name: str) -> None:
    """Names of models are data: the text files are the same with and without such a model."""
    plain, hostile = tmp_path / "plain.yaml", tmp_path / "hostile.yaml"
    plain.write_text(SMALL)
    loaded = yaml.safe_load(SMALL)
    loaded["models"][0]["aliases"] = [name] if name.isprintable() else []
    hostile.write_text(yaml.safe_dump(loaded))
    known = registry.load()
    try:
        actual = card.load(hostile)
    except UserError:
        return  # refused at the door
    assert text.files(actual, known) == text.files(card.load(plain), known)


@pytest.mark.parametrize("value", HOSTILE)
def test_what_cannot_stand_inert_in_a_pipeline_is_refused(value: str) -> None:
    """A string that Logstash would evaluate, or that would end its quotes, is never written."""
    try:
        written = context.logstash_string(value)
    except UserError:
        return
    ((_, options),) = parse(f"filter {{ x {{ y => {written} }} }}")["filter"]
    assert options == {"y": value}
