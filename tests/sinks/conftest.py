"""A desktop for the tests that need one."""

from collections.abc import Iterator

import pytest

from ollama_watch.sinks.desktop import Desktop
from tests.support.desktop import Desktop as Screen


@pytest.fixture(name="screen")
def _screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Screen]:
    """A screen with dunst; its session bus is the one that this process sees."""
    pytest.importorskip("jeepney")
    with Screen() as screen:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", screen.bus)
        yield screen


@pytest.fixture(name="sink")
def _sink() -> Iterator[Desktop]:
    pytest.importorskip("jeepney")
    sink = Desktop()
    yield sink
    sink.close()
