"""A real Chromium, and daemons in each of the states that the page has."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ollama_watch.app.demo import CODER, server_start, stamped
from tests.support import troubled
from tests.support.browser import Browser
from tests.support.daemon import Daemon, daemon
from tests.support.wait import until


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon that has read a day with troubles."""
    folder = tmp_path_factory.mktemp("day")
    with daemon(troubled.arguments(folder, troubled.day())) as running:
        until(lambda: running.get("/-/ready")[0] == 200 and running.firing("prompt-truncated"))
        yield running


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "server.log"


@pytest.fixture
def live(log: Path) -> Iterator[Daemon]:
    """A daemon whose log goes on: a model that runs well by now."""
    lines = [*stamped(server_start(32768), 0), *troubled.loaded(CODER, 32768)]
    with daemon(troubled.arguments(log.parent, lines)) as running:
        until(lambda: running.json("/api/v1/status")["runners"])
        yield running


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon whose log is not there yet."""
    log = tmp_path_factory.mktemp("empty") / "none.log"
    with daemon(["--file", str(log), "--sink", "log"]) as running:
        yield running


@pytest.fixture(scope="module")
def unwritten(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon whose log has no line yet."""
    with daemon(troubled.arguments(tmp_path_factory.mktemp("unwritten"))) as running:
        until(lambda: running.get("/-/ready")[0] == 200)
        yield running


@pytest.fixture(scope="module")
def blind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon whose log is there and cannot be read."""
    log = tmp_path_factory.mktemp("blind") / "server.log"
    log.symlink_to(log)  # also root cannot open it
    with daemon(["--file", str(log), "--sink", "log"]) as running:
        yield running


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon that sees forty models."""
    with daemon(troubled.arguments(tmp_path_factory.mktemp("crowd"), troubled.crowd())) as running:
        until(lambda: running.get("/-/ready")[0] == 200 and running.firing("context-reverted"))
        yield running
