"""What the reference says and no table holds, tried."""

import shutil
from pathlib import Path

import pytest

from ollama_watch.app.config import load_config
from tests.docs.reference.api import PAGES, sample_alert
from tests.docs.reference.configkeys import DEFAULTS, MEANINGS
from tests.docs.reference.configuration import WHOLE
from tests.docs.reference.taken import taken
from tests.support.daemon import Daemon, append, daemon
from tests.support.logs import REVERTED
from tests.support.wait import until


def test_the_pages_are_those_that_the_daemon_serves(tmp_path: Path) -> None:
    append(tmp_path / "server.log", *REVERTED)
    with daemon(["--file", str(tmp_path / "server.log")]) as running:
        known = running.get("/nowhere")[1].removeprefix("known: ").split()
        until(lambda: running.firing("context-reverted"))

        assert set(known) == set(PAGES)
        assert set(_an_alert(running)) == set(sample_alert())


def _an_alert(running: Daemon) -> dict[str, object]:
    return running.alerts[0]


def test_the_loader_takes_no_key_that_the_page_does_not_explain() -> None:
    keys = {
        f"{path}.{key}" if path else key
        for path, keys in taken(WHOLE.read_text("utf-8")).items()
        for key in keys
    }

    assert keys == set(MEANINGS)
    assert set(DEFAULTS) <= keys


def test_a_key_that_the_loader_does_not_take_is_not_found(tmp_path: Path) -> None:
    assert taken("models: {directory: null}\n") == {
        "": ("want", "sources", "rules", "http", "sinks", "models"),
        "models": ("directory", "ollama_api"),
    }


@pytest.mark.parametrize("part", ["want", "sources", "http", "sinks", "models"])
def test_the_example_has_every_part(tmp_path: Path, part: str) -> None:
    (tmp_path / "rules.d").mkdir()
    shutil.copy(WHOLE, tmp_path / "config.yaml")

    assert getattr(load_config(tmp_path / "config.yaml"), part)
