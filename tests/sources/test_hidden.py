"""A sandbox that shows our own processes alone, and nothing else of /proc."""

from pathlib import Path

import pytest

from ollama_watch.sources import entries, waiting
from ollama_watch.sources.processes import hidden


def test_processes_are_hidden_where_even_the_first_is(tmp_path: Path) -> None:
    (tmp_path / "77").mkdir()
    assert hidden(tmp_path)
    assert not hidden(tmp_path / "none")

    (tmp_path / "1").mkdir()
    assert not hidden(tmp_path)


def test_here_nothing_is_hidden() -> None:
    assert waiting.none_found() == "no Ollama was found on this machine yet"


@pytest.mark.parametrize(("told", "known"), [("0f" * 16, "0f" * 16), ("no id", ""), ("", "")])
def test_the_unit_tells_the_boot_where_the_system_does_not(
    told: str, known: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "_BOOT", tmp_path / "none")
    monkeypatch.setenv("OLLAMA_WATCH_BOOT_ID", told)

    assert entries.boot() == known
