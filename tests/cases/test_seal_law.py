"""The filter's HMAC of an audit document is the one that Python makes of it, whatever the document holds."""

from __future__ import annotations

import copy
import json
import math
import os
import subprocess
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.compliance.seals import signatures
from runner.host import keyring
from runner.lines import privacy_key
from tests.filterrun import ROOT, Filter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runner.host.keyring import Keyring
    from tests.filterrun import Json

pytestmark = pytest.mark.jruby
KEY: Final = "a key of the tests"
TEXTS: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS: Final = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
VALUES: Final = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)
DOCUMENTS: Final = st.fixed_dictionaries({"holysheep": st.dictionaries(TEXTS, VALUES, max_size=3)}, optional={
    "@timestamp": st.just("2025-01-15T10:00:00.000Z"), "event": st.dictionaries(TEXTS, VALUES, max_size=4),
    "키": TEXTS, "\U0001f600": NUMBERS, "￿": NUMBERS})  # fmt: skip
AGENT: Final = ROOT / "tests" / "samples" / "agent"


@pytest.fixture(scope="module")
def ruby(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """The filter's class under JRuby."""
    script = str(ROOT / "tests" / "ruby" / "seal.rb")
    running = subprocess.Popen(
        [*command, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    yield running
    running.communicate(timeout=30)


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    """The same key, read from a file that holds an older one, too."""
    path = tmp_path_factory.mktemp("key") / "audit_key"
    path.write_text(f"an older key\n{KEY}\n", encoding="utf-8")
    return keyring.read(path)


def sealed(ruby: subprocess.Popen[str], id_: str, document: Json) -> Json:
    """The document with Ruby's HMAC."""
    assert ruby.stdin is not None
    assert ruby.stdout is not None
    ruby.stdin.write(json.dumps({"key": KEY, "id": id_, "document": document}) + "\n")
    ruby.stdin.flush()
    answer: Json = json.loads(ruby.stdout.readline())
    return answer


@settings(
    max_examples=int(os.environ.get("HOLYSHEEP_LAW_EXAMPLES", "150")),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(TEXTS, DOCUMENTS)
def test_ruby_and_python_have_one_canonical_form(
    ruby: subprocess.Popen[str], ring: Keyring, id_: str, document: Json
) -> None:
    """Texts of all planes and control characters, integers above 64 bits, floats down to the smallest."""
    answer = sealed(ruby, id_, document)
    assert answer["holysheep"]["seal"]["key"] == ring.current
    assert signatures.of_document(id_, answer, ring) == "right"
    assert signatures.of_document(id_ + "x", answer, ring) == "wrong"


@pytest.mark.parametrize("number", [0.1, -0.0, 5e-324, 1e-5, 0.0001, 1e16, 1e22, 1e23, 2e-3, 1.7976931348623157e308])
def test_floats_are_told_by_their_bits(ruby: subprocess.Popen[str], ring: Keyring, number: float) -> None:
    """Where languages write the same double in different ways; one bit more is another document."""
    answer = sealed(ruby, "a", {"holysheep": {"x": number}})
    assert signatures.of_document("a", answer, ring) == "right"
    answer["holysheep"]["x"] = math.nextafter(number, math.inf)
    assert signatures.of_document("a", answer, ring) == "wrong"


def test_the_canonical_form_is_written_out() -> None:
    """By hand: sorted keys, no blanks, control characters as u00xx, floats as the bits of a double (1.5 is 3ff8…)."""
    value = {"b": [1, 1.5, True, None], "a": 'x"\\\n한', "": {}}
    expected = '{"":{},"a":"x\\u0022\\u005c\\u000a한","b":[1,f3ff8000000000000,true,null]}'
    assert signatures.canonical(value) == expected


def test_audit_documents_of_the_filter_carry_it(command: list[str], case_rules: Any, tmp_path: Path) -> None:  # noqa: ANN401
    """Of the sample lines: each audit document and no other; a second run gives the same; any edit is seen."""
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps(case_rules), encoding="utf-8")
    env = privacy_key.environment(tmp_path / "secrets")
    lines = [line for file in sorted(AGENT.glob("*")) for line in file.read_bytes().splitlines()]
    running = Filter(command, rules, env)
    try:
        documents = [item for answer in running.run("agent", lines) for item in answer]
        again = [item for answer in running.run("agent", lines) for item in answer]
    finally:
        running.close()
    assert documents == again
    ring = keyring.read(tmp_path / "secrets" / "audit_key")
    audits = [item for item in documents if "-audit-" in item["_index"]]
    assert len(audits) >= 3
    for item in documents:
        assert ("seal" in item["_source"]["holysheep"]) == (item in audits)
    for item in audits:
        assert signatures.of_document(item["_id"], item["_source"], ring) == "right"
        edited = copy.deepcopy(item["_source"])
        edited["event"]["outcome"] = "edited"
        assert signatures.of_document(item["_id"], edited, ring) == "wrong"
        del edited["holysheep"]["seal"]["hmac"]
        assert signatures.of_document(item["_id"], edited, ring) == "missing"
