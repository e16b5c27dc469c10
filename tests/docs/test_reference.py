"""What the reference says and no table holds, tried."""

import re
import shutil
from pathlib import Path

import pytest

from ollama_watch.app.config import load_config
from ollama_watch.app.httpconfig import Http
from ollama_watch.app.sinksconfig import _KINDS as SINKS
from ollama_watch.app.sinksconfig import SinkConfig
from ollama_watch.sinks.alertmanager import Intervals
from ollama_watch.sinks.post import Receiver
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.jsonl import Jsonl
from tests.docs.configuration import KEYS
from tests.docs.reference.api import PAGES, sample_alert
from tests.docs.reference.configuration import WHOLE
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


def test_the_defaults_are_those_of_the_program() -> None:
    told = {key.path: found[1] for key in KEYS if (found := re.search(r"Default: `([^`]+)`", key.meaning))}

    assert told == {
        "http.listen": Http().listen,
        "rules.shipped": "true",
        "rules.paths": "rules.d",
        "sources.stdin.format": "jsonl" if SourceConfig(name="").jsonl else "auto",
        "sources.stdin.message": Jsonl().message,
        **{f"sinks.{kind}.min_severity": SinkConfig(kind).min_severity for kind in SINKS},
        **{f"sinks.{kind}.timeout": f"{Receiver().timeout:g}s" for kind in ("alertmanager", "webhook")},
        "sinks.command.timeout": f"{SinkConfig('command').timeout:g}s",
        "sinks.alertmanager.resend": f"{Intervals().resend / 60:g}m",
        "sinks.alertmanager.ends_after": f"{Intervals().ends_after / 60:g}m",
        "sinks.alertmanager.resolved_for": f"{Intervals().resolved_for / 60:g}m",
    }


@pytest.mark.parametrize("part", ["want", "sources", "http", "sinks", "models"])
def test_the_example_has_every_part(tmp_path: Path, part: str) -> None:
    (tmp_path / "rules.d").mkdir()
    shutil.copy(WHOLE, tmp_path / "config.yaml")

    assert getattr(load_config(tmp_path / "config.yaml"), part)
