"""What the agent remembers, and that no file can hurt it."""

import logging
from collections import OrderedDict
from pathlib import Path

import pytest

from ollama_watch.agent.memory import Memory, Told, load, save

FULL = Memory(
    OrderedDict(a1=Told("key", 1.5, "critical", "2048")),
    {"key": 99.0},
    ("bus", ":1.7"),
    {"key": 3, "gone": 0},
)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "new" / "desktop.json"
    save(path, FULL)

    assert load(path) == FULL
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["desktop.json"]


def test_without_a_file_nothing_is_known(tmp_path: Path) -> None:
    assert load(tmp_path / "desktop.json") == Memory()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", "null", '{"version": 2}', '{"version": 1}', "\udcff", '{"version":1,"told":[]}'],
)
def test_a_file_that_is_not_ours_is_told_and_passed_over(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "desktop.json"
    path.write_text(text, errors="surrogateescape")

    with caplog.at_level(logging.WARNING):
        assert load(path) == Memory()

    assert "what was shown is not known" in caplog.text


def test_what_an_older_release_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "desktop.json"
    save(path, FULL)
    path.write_text(path.read_text().replace(', "2048"]', "]"))

    assert load(path).told == {"a1": Told("key", 1.5, "critical")}


def test_it_is_bounded() -> None:
    memory = Memory()
    for number in range(10_001):
        memory.remember({str(number): Told("key", 1.5, "critical")})

    assert len(memory.told) == 10_000
    assert "0" not in memory.told
