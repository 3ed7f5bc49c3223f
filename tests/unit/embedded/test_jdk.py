"""Which Java is found, and which Elasticsearch it gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import UserError
from runner.host.jdk import Jdk, choose, find, major_of, version_of


def fake(folder: Path, release: str | None, says: str = "", code: int = 0) -> Path:
    """A Java home whose launcher prints what it is told."""
    java = folder / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(f"#!/bin/sh\necho '{says}' >&2\nexit {code}\n")
    java.chmod(0o755)
    if release is not None:
        (folder / "release").write_text(release)
    return folder


@pytest.mark.parametrize(
    ("text", "major"),
    [("21.0.4", 21), ("1.8.0_392", 8), ("17", 17), ('"25.0.3"', 25), ("26-ea", 26), ("none", None), ("", None)],
)
def test_major_versions_old_and_new(text: str, major: int | None) -> None:
    """1.8 means 8; later versions begin with the major one."""
    assert major_of(text) == major


def test_the_release_file_is_asked_before_java_is_run(tmp_path: Path) -> None:
    """Reading a file is quicker than a JVM, and right."""
    home = fake(tmp_path / "a", 'IMPLEMENTOR="X"\nJAVA_VERSION="21.0.4"\n', 'openjdk version "8"')
    assert version_of(home) == 21


def test_a_java_without_a_release_file_is_run(tmp_path: Path) -> None:
    """Its own words count."""
    assert version_of(fake(tmp_path / "a", None, 'openjdk version "17.0.15" 2025-04-15')) == 17


def test_a_launcher_that_only_says_that_there_is_no_java_is_none(tmp_path: Path) -> None:
    """MacOS ships such a launcher."""
    assert version_of(fake(tmp_path / "a", None, "Unable to locate a Java Runtime.", 1)) is None
    assert version_of(tmp_path / "nothing") is None


def test_java_home_comes_first_and_each_home_once(tmp_path: Path) -> None:
    """JAVA_HOME and a link on PATH to the same Java are one."""
    first = fake(tmp_path / "first", 'JAVA_VERSION="21"')
    second = fake(tmp_path / "second", 'JAVA_VERSION="17"')
    folder = tmp_path / "path"
    folder.mkdir()
    (folder / "java").symlink_to(second / "bin" / "java")
    actual = find({"JAVA_HOME": str(first), "PATH": f"{folder}:{first / 'bin'}"})
    assert [(jdk.home, jdk.major) for jdk in actual[:2]] == [(first, 21), (second, 17)]
    assert len({jdk.home for jdk in actual}) == len(actual)


@pytest.mark.parametrize(
    ("majors", "wanted", "expected"),
    [
        ([17, 25], None, ("9.5.2", 25)),
        ([21, 25], None, ("9.5.2", 21)),
        ([17], None, ("8.19.21", 17)),
        ([11, 20], None, ("8.19.21", 20)),
        ([17, 25], "8.19.21", ("8.19.21", 17)),
    ],
)
def test_the_newest_elasticsearch_that_a_java_here_runs(
    majors: list[int], wanted: str | None, expected: tuple[str, int]
) -> None:
    """From 21 on it is 9.5, from 17 on 8.19; the first Java that fits runs it."""
    choice = choose([Jdk(Path(f"/java{major}"), major) for major in majors], wanted)
    assert (choice.elasticsearch, choice.jdk.major) == expected


@pytest.mark.parametrize(
    ("majors", "wanted", "words"),
    [
        ([], None, "found: none at all"),
        ([8, 11], None, "Java 8 in /java8, Java 11 in /java11"),
        ([17], "9.5.2", "needs Java 21 or newer"),
        ([25], "7.17.0", "use one of 9.5.2, 8.19.21"),
    ],
)
def test_no_fitting_java_names_what_was_found_and_what_to_install(
    majors: list[int], wanted: str | None, words: str
) -> None:
    """The error helps without a search."""
    with pytest.raises(UserError) as error:
        choose([Jdk(Path(f"/java{major}"), major) for major in majors], wanted)
    assert words in str(error.value)
