"""The results as tables for people."""

from __future__ import annotations

from typing import Any, Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from tests.bench import client_bench, disk_bench, filter_bench, render_bench

Json = dict[str, Any]
NAMES: Final = {
    "small": f"{filter_bench.SMALL} models",
    "large": f"{filter_bench.LARGE} models, the same lines",
    "all_named": f"{filter_bench.LARGE} models, lines that name all",
}


def show(results: Json) -> Group:
    """Everything that was measured."""
    machine: Json = results["machine"]
    parts: list[Table | Text] = [
        Text(
            f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB; Java {machine['jdk']}, "
            f"JRuby {machine['jruby']}, commit {machine['commit']}; load {machine['load']} before, "
            f"{results['load_after']} after"
        )
    ]
    if "filter" in results:
        parts += [_sources(results["filter"]["sources"]), _models(results["filter"]["models"])]
    if "render" in results:
        parts.append(_render(results["render"]))
    if "disk" in results:
        parts.append(_disk(results["disk"], machine["elasticsearch"]))
    if "arrival" in results:
        parts.append(_arrival(results["arrival"]))
    if "client" in results:
        parts += [_enqueue(results["client"]), _overhead(results["client"]["overhead"])]
    if "answers" in results:
        parts.append(_answers(results["answers"], machine["elasticsearch"]))
    if "seals" in results:
        parts.append(_sealed(results["seals"], machine["elasticsearch"]))
    return Group(*parts)


def _table(title: str, *columns: str, caption: str | None = None) -> Table:
    table = Table(title=title, title_justify="left", caption=caption, caption_justify="left", title_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    return table


def _sources(sources: Json) -> Table:
    lines = next(iter(sources.values()))["lines"]
    table = _table(
        f"Filter, one thread, {lines:,} lines a source",
        "source", "bytes a line", "events/s", "µs/event", "by the clock", "alone", "ratio",
        "JRuby 10, µs", "alone", "ratio",
        caption="µs of the thread's own time (events/s follow from it); by the clock: median of all rounds, other "
        "programs included; alone: JSON parse of the same lines, for access lines one regexp. JRuby 10 is that of "
        "Logstash 9.5 and needs Java 21",
    )  # fmt: skip
    for name, results in sources.items():
        table.add_row(
            name,
            f"{results['bytes_a_line']:,}",
            f"{results['events_per_s']:,}",
            f"{results['cpu_us']:.1f}",
            f"{results['wall_us']:.1f}",
            f"{results['alternative_cpu_us']:.1f}",
            f"{results['ratio']:.1f}",
            *_on_jruby_10(results["jruby_10"]),
        )
    return table


def _on_jruby_10(figures: Json | None) -> tuple[str, str, str]:
    if figures is None:
        return "", "", ""
    return f"{figures['cpu_us']:.1f}", f"{figures['alternative_cpu_us']:.1f}", f"{figures['ratio']:.1f}"


def _models(models: Json) -> Table:
    flat = 1 + filter_bench.FLAT
    table = _table("Look-up, client lines, in turns", "price card", "µs/event", "ratio", f"at most {flat:.2f}")
    for name, title in NAMES.items():
        ratio = models.get(f"{name}_ratio")
        within_limit = "" if ratio is None else "yes" if ratio <= flat else "no"
        table.add_row(title, f"{models[name]['cpu_us']:.1f}", "" if ratio is None else f"{ratio:.2f}", within_limit)
    return table


def _render(results: Json) -> Table:
    table = _table(
        f"Render, {results['files']} files", "models", "seconds", "of it validation", "ratio",
        caption=f"target: {render_bench.MODELS[-1]:,} models in under {render_bench.TARGET_S:.0f} s",
    )  # fmt: skip
    for count, figures in results["models"].items():
        table.add_row(
            f"{int(count):,}", f"{figures['seconds']:.2f}", f"{figures['validation_s']:.2f}", f"{figures['ratio']:.1f}"
        )
    return table


def _disk(results: Json, version: str) -> Table:
    heaviest = ", ".join(f"{name} {size:.1f}" for name, size in results["api"]["fields"].items())
    table = _table(
        f"Disk, {results['documents']:,} client lines of {results['bytes_a_line']:.0f} bytes, Elasticsearch {version}",
        "index", "mode", "bytes a document", "primary", "documents/s", "segments",
        caption=f"merged; target for api: {disk_bench.TARGET}. Heaviest fields of api: {heaviest}",
    )  # fmt: skip
    for key, title in (("api", "api, as rendered"), ("dynamic", "dynamic mapping")):
        figures = results[key]
        table.add_row(
            title,
            figures["mode"],
            f"{figures['bytes_a_document']:.1f}",
            f"{figures['primary_bytes_a_document']:.1f}",
            f"{figures['documents_per_s']:,}",
            str(figures["segments"]),
        )
    return table


def _arrival(results: Json) -> Table:
    table = _table(
        f"From Filebeat to searchable, {results['lines']:,} client lines of {results['bytes_a_line']:.0f} bytes: "
        f"{results['lines_per_s']:,} lines/s",
        "program", "µs of processor time a line",
        caption=f"all on the same cores; the narrowest part is {results['narrowest']}. By processor time alone the "
        f"cores have room for {results['lines_per_s_alone']:,} lines/s",
    )  # fmt: skip
    for name, microseconds in sorted(results["cpu_us"].items(), key=lambda row: -row[1]):
        table.add_row(name, f"{microseconds:.1f}")
    return table


def _enqueue(found: Json) -> Table:
    fast = found["sustained"]
    table = _table(
        "Python client, what one log() takes, 2,000 calls a second", "way", "median, µs", "p99, µs", "longest, µs",
        caption=f"target: {client_bench.MEDIAN_US} and {client_bench.P99_US} µs. Sustained by one thread: "
        f"{fast['lines_per_s']:,} lines/s by the clock, {fast['lines_per_cpu_s']:,} a second of processor time "
        f"(target {client_bench.PER_SECOND:,}), {fast['written']:,} of {fast['lines']:,} written, "
        f"{fast['memory_mib']} MiB more memory",
    )  # fmt: skip
    for name, figures in found["enqueue"].items():
        table.add_row(name, f"{figures['median_us']:.1f}", f"{figures['p99_us']:.1f}", f"{figures['max_us']:,.0f}")
    return table


def _overhead(found: Json) -> Table:
    table = _table(
        "Python client, real HTTP calls on loopback, in turns", "configuration", "mean, ms", "added, ms",
        "added to p99, ms", "throughput",
    )  # fmt: skip
    for name, row in found.items():
        table.add_row(
            name, f"{row['mean_ms']:.3f}", f"{row['added_mean_ms']:+.3f}", f"{row['added_p99_ms']:+.3f}",
            f"{row['throughput']:+.1%}",
        )  # fmt: skip
    return table


def _answers(results: Json, version: str) -> Table:
    table = _table(
        f"Answers over {results['documents']:,} calls of one day, Elasticsearch {version}",
        "command", "seconds", "documents/s", "peak, MiB",
        caption="peak: the highest memory of the bench itself while the command ran",
    )  # fmt: skip
    for name, seconds in results["seconds"].items():
        rate, peak = results["documents_per_s"][name], results["peak_mib"][name]
        table.add_row(name, f"{seconds:.2f}", f"{rate:,}", f"{peak:,}")
    return table


def _sealed(results: Json, version: str) -> Table:
    documents, sorted_leaves = results["documents"], results["leaves"]
    table = _table(
        f"Seals: one day of {documents:,} calls, Elasticsearch {version}",
        "what", "seconds", "a second", "peak, MiB",
        caption=f"peak: the highest memory of the bench itself; before the leaves {sorted_leaves['peak_mib_before']:,}",
    )  # fmt: skip
    named = (
        (documents, "seal", results["seal"]),
        (documents, "verify", results["verify"]),
        (sorted_leaves["count"], f"{sorted_leaves['count']:,} leaves: sort on disk, hash, write", sorted_leaves),
    )
    for count, name, figures in named:
        seconds = figures["seconds"]
        table.add_row(name, f"{seconds:.2f}", f"{count / seconds:,.0f}", f"{figures['peak_mib']:,}")
    return table
