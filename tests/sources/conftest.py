"""A real journal, and both ways of reading it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from ollama_watch.model import Line
from ollama_watch.sources import batch, bound
from ollama_watch.sources.bound import AVAILABLE
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.journals import open_journal
from ollama_watch.sources.source import Source
from tests.support.journald import Journald
from tests.support.need import missing
from tests.support.wait import until

CONFIG = b'time=2025-01-02T03:04:05.000Z level=INFO source=routes.go:1187 msg="server config" env="map[]"'
LISTENING = b'time=2025-01-02T03:04:06.000Z level=INFO msg="Listening on 127.0.0.1:11434 (version 0.5.7)"'
OLLAMA = SourceConfig(name="ollama.service", unit="ollama.service")


class Follower:
    """A source in a journald's namespace, and what it has given so far."""

    def __init__(self, journald: Journald, open_source: Callable[[], Source]) -> None:
        self._journald = journald
        self.source = journald.inside(open_source)
        self.lines: list[Line] = []

    @property
    def texts(self) -> list[bytes]:
        return [line.text for line in self.lines]

    def turn(self) -> list[Line]:
        """Ask the source once, as the loop does."""
        given = self._journald.inside(self.source.read)
        self.lines += given
        return given

    def catch_up(self) -> list[bytes]:
        """Return what it has given by the end of what stands in the journal."""
        until(lambda: self.turn() is not None and self.source.caught_up)
        return self.texts

    def until_last(self, text: bytes) -> list[bytes]:
        """Return what it has given once that line came."""
        until(lambda: self.turn() is not None and text in self.texts)
        return self.texts


Follow = Callable[..., Follower]


@pytest.fixture(autouse=True)
def every_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let journals give all of their lines; else only those that may tell something. See test_runs.py."""
    monkeypatch.setattr(batch, "_MANY", 1 << 30)


@pytest.fixture
def every_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each entry of history be read alone, so that its lines bear its own cursor."""
    monkeypatch.setattr(bound, "BATCH", 1)


@pytest.fixture
def journald() -> Iterator[Journald]:
    with Journald() as running:
        yield running


@pytest.fixture(params=[False, True], ids=["binding", "journalctl"])
def child(request: pytest.FixtureRequest) -> bool:
    """Whether to read through a journalctl child."""
    if not request.param and not AVAILABLE:
        missing("python3-systemd")
    return bool(request.param)


@pytest.fixture
def follow(child: bool) -> Iterator[Follow]:  # noqa: FBT001  # a fixture's name
    """Return a function that opens the journal of a journald; what it opened is closed."""
    with ExitStack() as opened:

        def open_it(journald: Journald, target: SourceConfig = OLLAMA, **options: Any) -> Follower:
            follower = Follower(journald, lambda: open_journal(target, child=child, **options))
            opened.callback(follower.source.close)
            return follower

        yield open_it
