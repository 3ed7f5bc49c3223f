"""Who may import whom, and how long a module or a function may be: the layout as docs/architecture.md tells it.

Three storeys, each of which looks down only: `client` (what a call costs) < `generator` (from YAML to files) < `runner`
(what touches a machine or a cluster). Inside the storeys the table `ALLOWED` has the rules. Where it differs from the
plan in house.md, on purpose:

- `runner.findings` prints too (with rich): it is the one table for every check.
- `runner.upgrade` may import `runner.backup`: an upgrade asks how old the last snapshot is.
- `runner.commands` may not import a runtime either; it asks `runner.runtimes.choose`.
"""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
STOREYS: Final = ("client", "generator", "runner")
MAX_MODULE: Final = 250
MAX_FUNCTION: Final = 40

#: What every part of generator and runner may import.
BASE: Final = {"generator.errors", "generator.paths", "generator.explain", "generator.yamltext", "generator.files"}
#: What every part of runner may import besides.
RUNNER_BASE: Final = BASE | {"runner.findings", "runner.pinned", "runner.runtime", "runner.step", "runner.words"}
CLUSTER: Final = {"elasticsearch", "elastic_transport", "runner.cluster", "runner.lines", "runner.host"}
YAML_MODELS: Final = {"generator.strict", "pydantic", "pydantic_core", "yaml"}

#: Part → what it may import besides itself and the standard library. The longest name that fits a module is its part.
ALLOWED: Final[dict[str, set[str]]] = {
    "client": {"client.holysheep.price", "client.holysheep.errors", "client.holysheep.post"},
    # One module for each optional package, which is imported inside functions.
    "client.holysheep.prometheus": {"client", "client.holysheep.price", "prometheus_client"},
    "client.holysheep.otel": {"client", "client.holysheep.price", "opentelemetry"},
    "client.holysheep.litellm": {"client", "client.holysheep.price", "litellm"},
    "client.holysheep.post": set(),
    # For the type check alone: Python 3.10 has no typing.NotRequired.
    "client.holysheep.price": {"typing_extensions"},
    # The extra `sentry` alone; the module says so when the package is missing.
    "client.holysheep.errors": {"sentry_sdk"},
    "generator": BASE | YAML_MODELS | {"jinja2"},
    "generator.card": BASE | YAML_MODELS | {"client.holysheep.price"},
    "generator.registry": BASE | YAML_MODELS | {"generator.card", "client.holysheep.errors"},
    "generator.dashboards": BASE | YAML_MODELS | {"generator.card", "generator.registry"},
    "generator.alerts": BASE | YAML_MODELS | {"generator.card", "generator.registry", "generator.dashboards"},
    "generator.render": BASE
    | YAML_MODELS
    | {"jinja2", "generator.card", "generator.registry", "generator.dashboards", "generator.alerts"}
    | {"client.holysheep.price"},
    "generator.commands": BASE | {"pydantic_core", "generator.card", "generator.render", "client.holysheep.price"},
    "generator.options": BASE | {"generator.cli"},
    "runner": {"generator.cli", "runner.host", "runner.lines", "generator.errors"},
    "runner.findings": {"rich"},
    "runner.pinned": set(),
    "runner.step": set(),
    "runner.words": set(),
    "runner.runtime": RUNNER_BASE | {"elasticsearch", "runner.lines", "runner.kibana", "runner.cluster"},
    "runner.host": RUNNER_BASE,
    "runner.cluster": RUNNER_BASE | {"elasticsearch", "elastic_transport", "runner.host"},
    "runner.lines": RUNNER_BASE | CLUSTER | {"generator", "generator.registry", "zstandard"},
    "runner.runtimes": RUNNER_BASE | {"runner.runtimes.embedded", "runner.runtimes.docker", "runner.host"},
    "runner.runtimes.embedded": RUNNER_BASE | CLUSTER | {"runner.kibana"},
    "runner.runtimes.docker": RUNNER_BASE
    | CLUSTER
    | {"runner.kibana", "docker", "dotenv", "yaml", "generator.registry", "generator.render", "generator.dashboards"},
    "runner.backup": RUNNER_BASE | CLUSTER,
    "runner.upgrade": RUNNER_BASE | CLUSTER | {"runner.backup"},
    "runner.kibana": RUNNER_BASE | {"generator.dashboards", "runner.host"},
    "runner.plan": RUNNER_BASE | CLUSTER | {"runner.kibana"},
    "runner.prices": RUNNER_BASE
    | {"runner.host", "generator.card", "client.holysheep.price", "pydantic", "pydantic_core", "genai_prices"},
    "runner.report": RUNNER_BASE | CLUSTER | {"generator.dashboards", "jinja2", "markupsafe", "vl_convert"},
    "runner.answers": RUNNER_BASE
    | CLUSTER
    | {"client.holysheep.price", "client.holysheep.mask", "generator.card", "generator.dashboards"}
    | {"generator.commands.table", "generator.registry", "pyarrow"},
    "runner.compliance": RUNNER_BASE | CLUSTER,
    "runner.classify": RUNNER_BASE
    | CLUSTER
    | {
        # Its own calls are lines of the client's log.
        "client",
        "client.holysheep.errors",
        "client.holysheep.price",
        "generator.registry",
        "yaml",
        "drain3",
        "tenacity",
        "sentry_sdk",
    },
    # Only their constants: tests/unit/test_start.py holds that options load nothing that takes long.
    "runner.options": RUNNER_BASE
    | {"generator.cli", "generator.registry", "runner.backup", "runner.upgrade", "runner.kibana", "runner.report"},
    "runner.commands": RUNNER_BASE
    | CLUSTER
    | {"rich", "generator", "generator.card", "generator.commands", "generator.dashboards", "generator.registry"}
    | {"generator.render", "generator.alerts", "client.holysheep.price", "runner.runtimes", "runner.options"}
    | {"runner.backup", "runner.upgrade", "runner.kibana", "runner.prices", "runner.report"}
    | {"runner.answers", "runner.compliance", "runner.classify", "runner.plan"},
}
#: Of the standard library: what opens a connection or starts a program is not for the storeys below the runner.
#: `client.holysheep.post` is where the client's sinks and alerts open theirs.
NOT_BELOW_RUNNER: Final = {"subprocess", "urllib", "http", "socket", "ssl"}

#: Modules over the limit, and why. This list may only become shorter.
LONG_MODULES: Final[dict[str, str]] = {
    "generator/dashboards/formula.py": "one grammar, read by one recursive descent",
    "tests/masks/corpus.py": "data: the texts that are masked",
}

#: Functions over the limit, and why. This list may only become shorter.
LONG_FUNCTIONS: Final[dict[str, str]] = {
    "runner.report.charts.treemap": "one Vega specification, which is data",
}


def modules() -> dict[str, Path]:
    """Every module of the three storeys by its dotted name."""
    files = [path for storey in STOREYS for path in sorted((ROOT / storey).rglob("*.py"))]
    return {_name(path): path for path in files if "tests" not in path.relative_to(ROOT).parts}


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(module: str) -> str:
    """The longest name in ALLOWED that fits a module of ours; of a foreign module its package."""
    fitting = [part for part in ALLOWED if module == part or module.startswith(part + ".")]
    return max(fitting, key=len) if fitting else module.split(".", maxsplit=1)[0]


@cache
def tree(path: Path) -> ast.Module:
    """The module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    """The dotted names that a module imports, those for types alone and those inside functions included."""
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: import by the whole name, not relative"
            # `from generator import card` imports the module generator.card.
            names |= {_imported(f"{node.module}.{alias.name}", str(node.module)) for alias in node.names}
    # The client is installed as `holysheep`; the folder that holds it is `client`.
    return {f"client.{name}" if name.split(".")[0] == "holysheep" else name for name in names}


def _imported(name: str, parent: str) -> str:
    place = ROOT / name.replace(".", "/")
    return name if place.with_suffix(".py").is_file() or (place / "__init__.py").is_file() else parent


def is_allowed(module: str, imported: str) -> bool:
    """Whether a module may import another."""
    package = imported.split(".", maxsplit=1)[0]
    if package in sys.stdlib_module_names:
        return module.startswith(("runner", "client.holysheep.post")) or package not in NOT_BELOW_RUNNER
    importer, other = part_of(module), part_of(imported)
    return importer == other or other in ALLOWED[importer] or imported in ALLOWED[importer]


def functions_over_limit() -> dict[str, int]:
    """module.function → lines, of those that are too long."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [(name, node) for name, path in modules().items() for node in ast.walk(tree(path))]
    lines = {
        f"{name}.{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, node in nodes
        if isinstance(node, kinds)
    }
    return {name: count for name, count in lines.items() if count > MAX_FUNCTION}


def modules_over_limit() -> dict[str, int]:
    """Path → lines, of those Python and Ruby files that are too long."""
    folders = (*STOREYS, "logstash/ruby", "tests")
    files = [path for folder in folders for kind in ("*.py", "*.rb") for path in (ROOT / folder).rglob(kind)]
    lines = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    return {path: count for path, count in lines.items() if count > MAX_MODULE}


def test_every_import_is_allowed() -> None:
    """Nobody imports what ALLOWED does not name."""
    refused = {
        (module, part_of(imported))
        for module, path in modules().items()
        for imported in imports(path)
        if not is_allowed(module, imported)
    }
    assert not refused, f"imports against the rules: {sorted(refused)}; see the table ALLOWED in {__file__}"


def test_only_one_module_knows_both_ways_of_running() -> None:
    """`runner.runtimes.choose` is the only module that imports both runtimes."""
    runtimes = {"runner.runtimes.docker", "runner.runtimes.embedded"}
    importers = {
        module
        for module, path in modules().items()
        if runtimes <= {part_of(module), *(part_of(name) for name in imports(path))}
    }
    assert importers == {"runner.runtimes.choose"}


def test_modules_are_short() -> None:
    """No Python or Ruby file is longer than 250 lines without a reason."""
    assert set(modules_over_limit()) == set(LONG_MODULES), f"split it, or give a reason: {modules_over_limit()}"


def test_functions_are_short() -> None:
    """No function is longer than 40 lines without a reason."""
    assert set(functions_over_limit()) == set(LONG_FUNCTIONS), f"split it, or give a reason: {functions_over_limit()}"


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("client.holysheep.price.pricer", "pydantic"),
        ("client.holysheep.wrap", "generator.errors"),
        ("generator.render.bundle", "runner.host.files"),
        ("generator.card.loader", "subprocess"),
        ("generator.commands.price", "rich"),
        ("runner.host.machine", "runner.cluster.summary"),
        ("runner.runtimes.docker.containers", "runner.runtimes.embedded.place"),
        ("runner.runtimes.embedded.embedded", "runner.backup.take"),
        ("runner.backup.take", "runner.runtimes.choose"),
        ("runner.report.page", "rich"),
        ("runner.commands.up", "runner.runtimes.docker.engine"),
    ],
)
def test_the_rules_refuse(module: str, imported: str) -> None:
    """What house.md forbids is refused, so that the table cannot become a table that allows everything."""
    assert not is_allowed(module, imported)
