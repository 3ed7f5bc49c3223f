"""docs/compliance.md: what four frameworks ask of logs, and who meets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.card.compliance import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.card.compliance import Compliance, Requirement

_HEAD: Final = """\
<!-- Generated from generator/card/compliance.yaml. Edit that, then: make render -->
# Compliance

What four frameworks ask of logs, what the bundle does about it, what you have to do, and what nobody does. It is a
summary for engineers, not the text of a law or a standard: your auditor decides.

Say in `pricing.yaml` which frameworks you follow:

```yaml
compliance: [soc2, hipaa]
```

Then `make render` and `make check` refuse settings that miss a rule, with the line:

```
pricing.yaml:22: retention_days.api: 1095 days are less than the 2190 that HIPAA asks for, write 2190 or more
```

"""


def files() -> dict[str, str]:
    """The page."""
    return {"docs/compliance.md": page(load())}


def page(rules: Compliance) -> str:
    """One table of what is asked, the settings that are checked, and a section a requirement."""
    names = list(rules.frameworks)
    lines = [
        "## What is asked",
        "",
        f"| | {' | '.join(rules.frameworks[name].title for name in names)} |",
        "| --- " * (len(names) + 1) + "|",
        *(f"| {item.title} | {' | '.join(item.asks.get(name, '') for name in names)} |" for item in rules.requirements),
        "",
        "## What is checked",
        "",
        *_checked(rules),
        "",
    ]
    for item in rules.requirements:
        lines += _section(item)
    return _HEAD + "\n".join(lines)


def _checked(rules: Compliance) -> list[str]:
    titles = {name: framework.title for name, framework in rules.frameworks.items()}
    kinds = ", ".join(f"`{kind}`" for kind in rules.retention.kinds)
    lines = [
        f"- {titles[name]}: `retention_days` of {kinds} is {days} or more."
        for name, days in rules.retention.days.items()
    ]
    for setting in rules.settings:
        who = ", ".join(titles[name] for name in setting.frameworks)
        lines.append(f"- {who}: `{setting.place}` is not `{str(setting.refused).lower()}`: {setting.why}.")
    return lines


def _section(item: Requirement) -> list[str]:
    lines = [f"## {item.title}", ""]
    for title, points in (("Met by the bundle", item.met), ("Yours", item.yours), ("Not met", item.not_met)):
        lines += _points(title, points)
    return lines


def _points(title: str, points: Sequence[str]) -> list[str]:
    return [f"**{title}**", "", *(f"- {point}" for point in points), ""] if points else []
