"""When a changed configuration is taken in: once it rests, and looked for once a second at most."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ollama_watch.app.config import Config
from ollama_watch.app.reloading import Reloading


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text("{}", encoding="utf-8")
    return path


def reloading(file: Path, clock: Callable[[], float]) -> Reloading:
    return Reloading(Config, lambda: (file,), 0.0, pace=clock)


def test_a_change_is_due_when_it_rests_for_a_second(file: Path) -> None:
    clock = Clock()
    found = reloading(file, clock)
    assert not found.due()

    due = []
    for text in ("{ }", "{  }", None, None):
        if text:
            file.write_text(text, encoding="utf-8")
        clock.now += 1.0
        due.append(found.due())
        if due[-1]:
            found.again(clock.now)
    assert due == [False, False, True, False]


def test_a_flood_of_turns_does_not_look_at_the_files(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    found = reloading(file, clock)
    found.due()
    looks: list[object] = []
    monkeypatch.setattr("ollama_watch.app.reloading.signature", looks.append)
    for _ in range(100):
        clock.now += 0.005
        found.due()
    assert looks == []


def test_who_asks_is_answered_at_once(file: Path) -> None:
    found = reloading(file, Clock())
    found.due()
    found.asked = True
    assert found.due()
