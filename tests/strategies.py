"""Hypothesis strategies: any valid price card, and any call against it. Shared by the Python and the Ruby tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from generator import card as cards_module
from generator.card.moments import milliseconds
from holysheep.price import Call, normalise
from holysheep.price.cost import Usage
from tests.price_strategies import MODALITIES, UNITS, decimals, fractions, multipliers, prices, service_tiers

if TYPE_CHECKING:
    from generator.card import Card

RETENTION = ("api", "errors", "audit", "access", "system", "rejected", "deadletter")
HOSTILE = (
    '"} ruby { code => "x"',
    "%{x}",
    "${HOME}",
    "#{1+1}",
    "a\\",
    "모델-1",
    "<%= 1 %>",
    "{{ x }}",
    "${env:X}",
    "o1",
)

#: Not the tiers that they look like: NUL and no-break space are no white space of a name.
ODD_TIERS = ("batch\0", "\0flex", "\0", "\u00a0batch", "BATCH\u200b", "ﬂex")
TIERS = (None, None, "", "default", "On_Demand", "Batch", " flex\t", "nonsense", *ODD_TIERS)


token_counts = st.one_of(
    st.integers(0, 3000), st.integers(0, 10**9), st.sampled_from([0, 1, 10**9, 127_999, 128_000, 128_001])
)
names = st.one_of(
    st.sampled_from(HOSTILE),
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._/ -]{0,20}", fullmatch=True),
    st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=20),
).filter(lambda name: bool(name.strip()) and bool(normalise(name)))


def family_lists() -> st.SearchStrategy[list[dict[str, str]]]:
    """Families by prefix; some prefixes begin with others."""
    prefixes = st.lists(
        st.sampled_from(["gpt-", "GPT-4", "o1", "claude", "c", "모델", "pat-"]), unique=True, max_size=4
    )
    return prefixes.map(
        lambda prefix_list: [{"prefix": p, "family": f"F {p}", "provider": f"p-{p}"} for p in prefix_list]
    )


@st.composite
def card_data(draw: st.DrawFn, max_models: int = 4) -> dict[str, Any]:
    """Plain data of a valid card, as the YAML has it: numbers as text."""
    ids = draw(st.lists(names, min_size=1, max_size=3 * max_models, unique_by=normalise))
    count = draw(st.integers(1, min(max_models, len(ids))))
    models = []
    for index in range(count):
        starts = draw(
            st.lists(
                st.sampled_from(["2024-01-01", "2025-05-14", "2025-05-14T09:30:00.001Z", "2026-01-01T00:00:00+09:00"]),
                min_size=1,
                max_size=3,
                unique=True,
            )
        )
        model: dict[str, Any] = {"id": ids[index], "provider": draw(names), "family": draw(names)}
        model["prices"] = [draw(prices(start)) for start in starts]
        if aliases := ids[count + index :: count]:
            model["aliases"] = aliases
        if draw(st.booleans()):
            # A prefix of its own for each model: patterns of different models may not overlap.
            model["patterns"] = [f"pat-{index}-{draw(st.sampled_from(['*', 'x*', '*-y', 'EU*']))}"]
        if draw(st.booleans()):
            model["service_tiers"] = draw(service_tiers())
        if draw(st.integers(0, 3)) == 0:
            model["regions"] = {"us": draw(multipliers), " Eu ": "1.1"}
        models.append(model)
    return {
        "index_prefix": draw(st.sampled_from(["holysheep", "a", "team-1.llm_x"])),
        "privacy": {"keep_prompts": draw(st.booleans()), "keep_completions": draw(st.booleans())},
        "retention_days": dict.fromkeys(RETENTION, "1095"),
        "budgets": {"request_usd": draw(decimals("100", 9)), "day_usd": "100", "month_usd": "2000"},
        "latency_classes": [{"name": "fast", "below_ms": "500"}, {"name": "slow"}],
        "price_by": draw(st.sampled_from(["requested", "served"])),
        "discount": draw(fractions),
        "margin": draw(fractions),
        "families": draw(family_lists()),
        "models": models,
    }


def cards(max_models: int = 4) -> st.SearchStrategy[Card]:
    """Any valid card: tiers, service tiers, discounts, margins, fees, and rates of every kind."""
    return card_data(max_models).map(cards_module.build)


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """Tokens of one call; mostly, but not always, no more of them cached than sent."""
    result = draw(token_counts)
    read = draw(st.one_of(st.just(0), st.integers(0, result), token_counts))
    write = draw(st.one_of(st.just(0), st.integers(0, max(0, result - read)), token_counts))
    hour = draw(st.one_of(st.just(0), st.integers(0, write), token_counts))
    parts = [draw(st.one_of(st.just(0), st.just(0), st.integers(0, result), token_counts)) for _ in MODALITIES]
    return Usage(result, draw(token_counts), read, write, draw(st.one_of(st.just(0), token_counts)), hour, *parts)


@st.composite
def used_beside(draw: st.DrawFn) -> dict[str, Any]:
    """Calls of tools and units of a call; mostly none."""
    if draw(st.integers(0, 2)):
        return {}
    amounts = st.one_of(st.integers(0, 10**9), st.floats(0, 1e9, allow_nan=False), st.sampled_from([0.0005, 9.5, -1]))
    return {
        "tools": draw(
            st.dictionaries(st.sampled_from(["web_search", "file_search", "other"]), token_counts, max_size=3)
        ),
        "units": draw(st.dictionaries(st.sampled_from(UNITS), amounts, max_size=3)),
    }


@st.composite
def calls(draw: st.DrawFn, card: Card) -> Call:
    """A call as a log line has it: a name of the card in some disguise or an unknown one, around the price dates."""
    model = draw(st.sampled_from(card.models))
    known = [model.id, *model.aliases, *(pattern.replace("*", "abc") for pattern in model.patterns)]
    name = draw(st.one_of(st.sampled_from(known), st.just("unknown-model")))
    disguise = draw(st.sampled_from(["{}", " {}\t", "vendor/{}", "{}-2025-04-14", "{}@20250414", "{}-20251399"]))
    name = disguise.replace("{}", draw(st.sampled_from([name, name.upper() if name.isascii() else name])))
    starts = [milliseconds(price.from_) for price in model.prices]
    later = st.one_of(st.sampled_from([-1, 0, 1, 86_400_000]), st.integers(0, 14 * 86_400_000))
    at = draw(st.sampled_from(starts)) + draw(later)
    shared: dict[str, Any] = {
        "model": draw(st.one_of(st.just(name), st.none())) if draw(st.integers(0, 9)) == 0 else name,
        "at_ms": at,
        "failed": draw(st.integers(0, 5)) == 0,
        "response_model": draw(st.one_of(st.none(), st.none(), st.sampled_from(known), st.just("unknown-model"))),
        "region": draw(st.sampled_from([None, None, "us", "EU\t", "eu-west-1", "elsewhere", "\0us"])),
        **draw(used_beside()),
        "service_tier": draw(st.sampled_from(TIERS)),
    }
    if draw(st.integers(0, 5)) == 0:
        return Call(**shared, total=draw(st.one_of(st.none(), token_counts)))
    usage = draw(usages())
    return Call(
        **shared,
        input=usage.input,
        output=draw(st.one_of(st.just(usage.output), st.just(0))),
        cache_read=usage.cache_read or None,
        cache_write=usage.cache_write or None,
        reasoning=usage.reasoning or None,
        cache_write_1h=usage.cache_write_1h or None,
        **{kind: getattr(usage, kind) or None for kind in MODALITIES},
    )
