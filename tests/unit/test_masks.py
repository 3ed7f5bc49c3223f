"""The table of masks and the client's masking: examples, the corpus, time, and mistakes in the table."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from generator import yamltext
from generator.errors import UserError
from generator.registry import mask_forms, masks
from holysheep import mask
from tests.masks import corpus, examples

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("text", examples.matching())
def test_what_must_match_is_masked_and_stays_so(text: str) -> None:
    """A label stands in the text, and masking it once more changes nothing."""
    masked = mask.text(text)
    assert "_MASKED]" in masked
    assert mask.text(masked) == masked


@pytest.mark.parametrize("text", examples.harmless())
def test_what_must_not_match_stays(text: str) -> None:
    """The text comes back as it is."""
    assert mask.text(text) == text


@pytest.mark.parametrize("key", [key for key in masks.load().keys if key.form], ids=lambda key: key.form)
def test_nothing_of_a_key_is_left(key: masks.Key) -> None:
    """A key that is longer than the form says goes too, to its end."""
    example = mask_forms.example(key.form or "")
    masked = mask.text(f"<{example}Zz9>")
    assert example[:12] not in masked
    assert "Zz9" not in masked


def is_left(item: corpus.Labelled) -> bool:
    """Whether the secret, or most of a long one, is still there."""
    masked = mask.text(item.text)
    return item.secret in masked or (len(item.secret) > 16 and item.secret[4:-4] in masked)


@pytest.mark.parametrize("held_out", [False, True])
def test_recall_and_false_changes_on_the_corpus(*, held_out: bool) -> None:
    """At least 95 % of the secrets go and at most 2 % of the harmless texts change, held out or not."""
    secrets = [item for item in corpus.secrets() if item.held_out == held_out]
    harmless = [item for item in corpus.harmless() if item.held_out == held_out]
    missed = sum(is_left(item) for item in secrets)
    changed = sum(mask.text(item.text) != item.text for item in harmless)
    assert missed <= 0.05 * len(secrets)
    assert changed <= 0.02 * len(harmless)


def test_the_corpus_is_large() -> None:
    """Five hundred of each and more."""
    assert len(corpus.secrets()) >= 500
    assert len(corpus.harmless()) >= 500


def test_time_grows_with_the_length_and_no_faster() -> None:
    """Four times the text takes about four times as long, not sixteen times, whatever an expression begins to match."""
    for unit in examples.UNITS:
        short, long = (best(examples.long(unit, size)) for size in (8192, 32_768))
        assert long < 10 * max(short, 0.001), unit


def best(text: str) -> float:
    """Seconds of processor time, the best of three."""
    result = []
    for _ in range(3):
        start = time.process_time()
        mask.text(text)
        result.append(time.process_time() - start)
    return min(result)


def test_lines_are_masked_by_a_command() -> None:
    """`python -m holysheep.mask` reads standard input, without any other package."""
    command = [sys.executable, "-S", "-m", "holysheep.mask"]
    ran = subprocess.run(
        command, cwd=ROOT / "client", input="to kim@example.com\n", capture_output=True, text=True, check=True
    )
    assert ran.stdout == "to [EMAIL_MASKED]\n"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{vendor: x, form: 'ab-<hax 3>'}", "no alphabet is called hax"),
        ("{vendor: x, form: 'a<hex 3>'}", "a form is a prefix of two characters"),
        ("{vendor: x, form: 'ab c<hex 3>'}", "a form has letters, digits and"),
        ("{vendor: x}", "either a form or an expression"),
        ("{vendor: x, expression: 'a+'}", "needs hints"),
    ],
)
def test_a_mistake_has_its_line(line: str, says: str) -> None:
    """File, line, and what is wrong."""
    rest = "named: []\nsecret_names: {always: a, likely: b, least: 1}\npatterns: []\n"
    text = f"keys:\n  - {line}\n{rest}"
    with pytest.raises(UserError, match=says) as error:
        masks.parse(yamltext.parse(text, "masks.yaml"))
    assert error.value.where == "masks.yaml:2"
