"""Sample files are laid down where Filebeat's input of their source reads, whatever its folder is called."""

from __future__ import annotations

import gzip
import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from generator.errors import UserError
from generator.paths import ROOT
from generator.registry.sources import Source, load_sources
from runner.lines.lines import expand
from runner.runtimes.docker import samples
from runner.runtimes.docker.samples import name_for


@pytest.mark.parametrize("source", load_sources(), ids=lambda source: source.name)
def test_a_fed_file_gets_a_name_that_filebeat_reads(source: Source) -> None:
    """One of the source's own Filebeat paths fits the name, and its ending is read; two files get two names."""
    # `**` stands for no folder, too.
    patterns = [pattern.replace("/**/", "/") for pattern in source.filebeat.paths]
    first, second = (name_for(source.name, Path(f"/somewhere/{stem}.log")) for stem in ("one", "two"))
    assert first != second
    assert any(fnmatchcase(first, pattern) for pattern in patterns)
    included = re.findall(
        r'include_files: \["(.+)"\]', (ROOT / "filebeat/inputs.d/files.yml").read_text(encoding="utf-8")
    )
    assert included
    assert all(re.search(expression.replace("\\\\", "\\"), first) for expression in included)


def test_an_unknown_source_is_refused() -> None:
    """The error says where the names are."""
    with pytest.raises(UserError, match=r"there is no source 'nobody'.*holysheep-elk sources"):
        name_for("nobody", Path("x.log"))


def test_a_folder_gives_the_files_that_a_source_reads(tmp_path: Path) -> None:
    """JSON and CSV files are read in a source's folder; notes and expectations are not."""
    for name in ("otel/a.json", "openai_usage/b.csv", "otel/a.expected.json", "notes/c.json", "client/d.log"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}\n", encoding="utf-8")
    actual = {(log.path.relative_to(tmp_path).as_posix(), log.source) for log in expand([tmp_path])}
    assert actual == {("otel/a.json", "otel"), ("openai_usage/b.csv", "openai_usage"), ("client/d.log", "client")}


@pytest.mark.parametrize(
    ("text", "copied"), [(b"a\nb", b"a\nb\n"), (b"a\n", b"a\n"), (b"", b""), (b"\n\n", b"\n\n")], ids=repr
)
def test_a_copy_for_filebeat_ends_in_a_line_feed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: bytes, copied: bytes
) -> None:
    """Filebeat reads no line without one. Packed files are unpacked first."""
    monkeypatch.setattr(samples.settings, "logs", lambda: tmp_path / "logs")
    plain, packed = tmp_path / "a.json", tmp_path / "b.json.gz"
    plain.write_bytes(text)
    packed.write_bytes(gzip.compress(text))
    assert [samples.place(path, "client").read_bytes() for path in (plain, packed)] == [copied, copied]
