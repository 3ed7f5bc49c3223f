"""Every mistake in a price card is reported with its line, what is wrong and what to write instead."""

from __future__ import annotations

import pytest

from generator import card as cards
from generator.errors import UserError, UserErrors
from tests.small_card import SMALL


def mistake(old: str, new: str, text: str = SMALL) -> str:
    """What is said of the card with one text in place of another."""
    assert old in text
    with pytest.raises(UserError) as caught:
        cards.parse(text.replace(old, new, 1))
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "line", "part", "instead"),
    [
        # unknown keys
        ("    family: f", "    famly: f", 13, 'unknown key "famly"', "did you mean family?"),
        ("index_prefix: x", "index_prefix: x\nzzz: 1", 2, 'unknown key "zzz"', "known here are index_prefix"),
        ("            output: 6", "            outptu: 6", 34, 'unknown key "outptu"', "did you mean output?"),
        (
            "  day_usd: 1",
            "  day_usd: 1\n  yearly: 1",
            6,
            'unknown key "yearly"',
            "known here are timezone, request_usd, day_usd",
        ),
        # numbers
        ("input: 1", "input: -1", 22, "input: -1 is negative", "write USD per million tokens such as 8.00"),
        ("input: 1", "input: 100000.01", 22, "is absurd: above 100,000", "write USD per million tokens"),
        ("input: 1", "input: .nan", 22, '".nan" is not a number', "such as 8.00"),
        ("input: 1", "input: NaN", 22, '"NaN" is not a number', "such as 8.00"),
        ("input: 1", "input: -.inf", 22, '"-.inf" is not a number', "such as 8.00"),
        ("input: 1", "input: 1e400", 22, '"1e400" is not a number', "such as 8.00"),
        ("input: 1", "input: 8,00", 22, '"8,00" is not a number', "such as 8.00"),
        ("input: 1", "input: $8", 22, '"$8" is not a number', "such as 8.00"),
        ("input: 1", "input: true", 22, "true is not a number", "such as 8.00"),
        ("input: 1", "input:", 22, "null is not a number", "such as 8.00"),
        ("input: 1", "input: [1]", 22, '["1"] is not a number', "such as 8.00"),
        ("input: 1", "input: 0.0000001", 22, "has 7 decimals, more than 6", "at most 6 decimals"),
        ("input: 1", "input: " + "9" * 5000, 22, "is not a number", "such as 8.00"),
        ("cached_input: 0.5", "cached_input: -0.5", 27, "cached_input: -0.5 is negative", "such as 8.00"),
        ("input: 5", "input: -5", 33, "input: -5 is negative", "such as 8.00"),
        ("input: 1", "fee: 0.0000000000001\n        input: 1", 22, "13 decimals, more than 12", "USD per request"),
        ("batch: 0.5", "batch: 0", 19, "batch: 0 is below 0.0001", "such as 0.5 for half the price"),
        ("batch: 0.5", "default: 0.5", 19, 'the service tier "default" always costs the plain price', "remove it"),
        ("index_prefix: x", "index_prefix: x\nmargin: 20", 2, "margin: 20 is absurd: above 1", "0.2 for 20 %"),
        ("index_prefix: x", "index_prefix: x\ndiscount: 1", 2, "discount: 1 is absurd", "0.1 for 10 %"),
        ("above: 100", "above: 1.5", 29, "above: 1.5 has 1 decimals, more than 0", "a whole number of tokens"),
        ("audit: 1", "audit: 0", 2, "audit: 0 is below 1", "write whole days such as 1095"),
        # names
        ("- id: b", "- id: A", 35, 'the id "A" is taken: it is on pricing.yaml:11 already', "remove or rename"),
        ("- id: b", "- id: ' a-1 '", 35, "is taken: it is on pricing.yaml:15 already", "remove or rename"),
        ("- a-1", "- a-1\n      - A-1", 16, 'the alias "A-1" is taken', "remove or rename"),
        ("- a-1", "- a", 15, 'the alias "a" is taken: it is on pricing.yaml:11 already', "remove or rename"),
        ("- id: b", "- id: ''", 35, "the text is empty", "write 1 to 256 bytes"),
        ("- id: b", "- id: " + "é" * 129, 35, "is 258 bytes long", "write 1 to 256 bytes"),
        ("- id: b", '- id: "b\\x07"', 35, "holds a control character", "without control characters"),
        ("- id: b", "- id:", 35, "null is not text", "write 1 to 256 bytes"),
        # patterns
        (
            "xyz-*-eu",
            "abc-d*",
            39,
            'the pattern "abc-d*" of "b" and "abc-*" of "a" (pricing.yaml:17) both claim',
            "longer",
        ),
        ("xyz-*-eu", '"*-eu"', 39, 'both claim "abc--eu"', "list its names as aliases"),
        ("xyz-*-eu", "ABC-*", 39, 'both claim "abc-"', "list its names as aliases"),
        ("xyz-*-eu", "xyz", 39, '"xyz" is not a pattern', "exactly one * and at least 3 other characters"),
        ("xyz-*-eu", "x*y*z*w", 39, "is not a pattern", "exactly one *"),
        ("xyz-*-eu", "xy*", 39, '"xy*" is not a pattern', "at least 3 other characters"),
        ("- abc-*", "- abc-*\n      - ABC-*", 18, 'the pattern "ABC-*" is on pricing.yaml:17 already', "remove one"),
        # dates
        (
            "from: 2025-01-01",
            "from: 2024-01-01",
            24,
            "has a price from 2024-01-01T00:00:00Z on pricing.yaml:21",
            "another date",
        ),
        ("from: 2025-01-01", "from: 2024-01-01T09:00:00+09:00", 24, "on pricing.yaml:21 already", "another date"),
        ("from: 2025-01-01", "from: 2025-02-30", 24, "does not exist in the calendar", "such as 2025-05-14"),
        ("from: 2025-01-01", "from: 2025-01-01T10:00:00", 24, "has no time zone", "2025-05-14T09:00:00Z"),
        ("from: 2025-01-01", "from: 01/02/2025", 24, '"01/02/2025" is not a date', "such as 2025-05-14"),
        ("from: 2025-01-01", "from: 1970-01-01", 24, "is not in this century", "such as 2025-05-14"),
        ("above: 200", "above: 100", 32, "the tier above 100 does not follow the one above 100", "ascending"),
        # index prefix
        ("index_prefix: x", "index_prefix: X", 1, '"X" is not safe as an index name', "lower-case letters"),
        ("index_prefix: x", "index_prefix: a*", 1, "is not safe as an index name", "such as holysheep"),
        ("index_prefix: x", "index_prefix: -a", 1, "is not safe as an index name", "starting with a letter"),
        ("index_prefix: x", "index_prefix: .a", 1, "is not safe as an index name", "starting with a letter"),
        ("index_prefix: x", "index_prefix: a/b", 1, "is not safe as an index name", "such as holysheep"),
        ("index_prefix: x", "index_prefix: %{x}", 1, "not valid YAML", "between"),
        ("index_prefix: x", "index_prefix: '%{x}'", 1, "is not safe as an index name", "such as holysheep"),
        ("index_prefix: x", "index_prefix: " + "a" * 101, 1, "is 101 bytes long", "write at most 100"),
        ("index_prefix: x", "index_prefix: logs-llm", 1, "belong to Elastic's own templates", "holysheep-logs"),
        ("index_prefix: x", "index_prefix: ''", 1, '"" is not safe', "such as holysheep"),
        # latency
        ("below_ms: 500", "below_ms: fast", 8, '"fast" is not a number', "write whole milliseconds such as 500"),
        ("- {name: slow}", "- {name: slow, below_ms: 9}", 9, "the last latency class has a bound", "remove it"),
        (
            "- {name: slow}",
            "- {name: mid, below_ms: 500}\n  - {name: slow}",
            9,
            "500 is not above the class before",
            "order",
        ),
        ("- {name: slow}", "- {name: fast}", 9, 'the latency class "fast" is here twice', "rename one"),
        ("fast, below_ms: 500", "fast", 8, 'the latency class "fast" has no bound', "write below_ms"),
        # shapes
        ("  month_usd: 1\n", "", 3, 'budgets has no "month_usd"', "write `month_usd: …`"),
        ("models:\n", "models: []\nx:\n", 10, "models is empty", "write at least one item"),
        ("    family: f\n", "", 11, 'item 1 of models has no "family"', "write `family: …`"),
        ("aliases:\n      - a-1", "aliases: a-1", 14, 'aliases is not a list: "a-1"', "one `- …` line for each"),
        (
            "service_tiers:\n      batch: 0.5",
            "service_tiers: batch",
            18,
            "service_tiers is not a mapping",
            "name: value",
        ),
        (
            "budgets:\n  request_usd: 0.5\n  day_usd: 1\n  month_usd: 1",
            "budgets: 1",
            3,
            "budgets is not a mapping",
            "key: value",
        ),
        # YAML
        (
            "index_prefix: x",
            "index_prefix: x\nindex_prefix: y",
            2,
            "'index_prefix' is here twice (first on line 1)",
            "keep one",
        ),
        (
            "    provider: p",
            "    provider: p\n    provider: q",
            13,
            "'provider' is here twice (first on line 12)",
            "keep one",
        ),
        ("provider: p", "provider: &p p", 12, "the YAML anchor &p is not read", "remove it"),
        ("provider: p", "provider: *p", 12, "the YAML alias *p is not read", "write the value out"),
        ("provider: p", "provider: !!python/object/apply:os.system [ls]", 12, "the YAML tag", "is not read"),
        ("provider: p", "provider: !!binary aGk=", 12, "the YAML tag", "remove it"),
        ("provider: p", "? [a]\n    : p", 12, "is used as a key", "write a plain word"),
        ("    provider: p", "\tprovider: p", 12, "is not valid YAML", "indent with spaces, not tabs"),
        ("provider: p", 'provider: "p', 12, "is not valid YAML", "put text"),
        ("provider: p", "provider: p\x00", 12, "holds the control character U+0000", "remove it"),
        ("models:", "---\nmodels:", 10, "a second YAML document starts here", "keep one document"),
    ],
)
def test_each_mistake_has_its_line(old: str, new: str, line: int, part: str, instead: str) -> None:
    """A mistake is reported as pricing.yaml:LINE, what is wrong, and what to write instead."""
    message = mistake(old, new)
    [first] = [text for text in message.splitlines() if part in text] or [message]
    assert first.startswith(f"pricing.yaml:{line}: "), message
    assert part in first
    assert instead in first


def test_several_mistakes_at_once_in_order() -> None:
    """All mistakes are named in one go, by line."""
    text = SMALL.replace("input: 1", "input: -1").replace("  day_usd: 1", "  day_usd: one")
    with pytest.raises(UserErrors) as caught:
        cards.parse(text)
    lines = [error.where for error in caught.value.errors]
    assert lines == ["pricing.yaml:5", "pricing.yaml:22", "pricing.yaml:25", "pricing.yaml:41"]


def test_a_flood_of_mistakes_is_cut() -> None:
    """After 25 mistakes the rest is counted."""
    models = "".join(f"  - {{id: m{n}, oops: 1}}\n" for n in range(100))
    message = mistake("  - id: b", models + "  - id: b")
    assert len(message.splitlines()) == 26
    assert message.endswith("more mistakes, correct these first")
