"""A configuration that is written after the start is taken in; what it cannot change is said."""

import os
import signal
from pathlib import Path

from tests.support.daemon import Daemon, append, daemon
from tests.support.logs import START, launch
from tests.support.wait import until


def _log(folder: Path) -> Path:
    log = folder / "server.log"
    append(log, *START, launch(ctx_size=8192, parallel=1, started=True))
    return log


def _own(running: Daemon) -> Path:
    """Return the folder of the user's own configuration: the daemon's home is that of its errors."""
    return running.home / "ollama-watchd"


def test_wishes_that_are_written_after_the_start_are_in_force(tmp_path: Path) -> None:
    with daemon(["--file", str(_log(tmp_path))]) as running:
        until(lambda: running.get("/-/ready")[0] == 200)
        own = _own(running)
        own.mkdir(exist_ok=True)  # the state is there
        (own / "config.yaml").write_text("want: {'*': {context: 16384}}\n")
        (alert,) = until(lambda: running.firing("context-below-wanted"))
        assert alert["expected"] == "16384"
        assert f"reload: {own}/config.yaml: " in running.said
        assert running.json("/api/v1/status")["configuration"]["path"] == f"{own}/config.yaml"
        (own / "config.yaml").unlink()
        until(lambda: not running.firing("context-below-wanted"))


def test_folders_beside_a_configuration_may_come_later(tmp_path: Path) -> None:
    config = tmp_path / "etc" / "config.yaml"
    config.parent.mkdir()
    config.touch()
    with daemon(["--file", str(_log(tmp_path)), "--config", str(config)]) as running:
        until(lambda: running.get("/-/ready")[0] == 200)
        (config.parent / "want.d").mkdir()
        (config.parent / "want.d/box.yaml").write_text("want: {'*': {context: 16384}}\n")
        until(lambda: running.firing("context-below-wanted"))
        (config.parent / "rules.d").mkdir()
        (config.parent / "rules.d/off.yaml").write_text(
            "rules: [{id: context-below-wanted, enabled: false}]\n"
        )
        until(lambda: not running.firing("context-below-wanted"))


def test_a_rule_folder_that_the_changed_configuration_names_is_watched(tmp_path: Path) -> None:
    config, more = tmp_path / "config.yaml", tmp_path / "more"
    config.write_text("want: {'*': {context: 16384}}\n")
    more.mkdir()
    with daemon(["--file", str(_log(tmp_path)), "--config", str(config)]) as running:
        until(lambda: running.firing("context-below-wanted"))
        config.write_text("want: {'*': {context: 16384}}\nrules: {paths: [more]}\n")
        until(lambda: "reload: " in running.said)
        (more / "off.yaml").write_text("rules: [{id: context-below-wanted, enabled: false}]\n")
        until(lambda: not running.firing("context-below-wanted"))


def test_what_a_reload_does_not_take_in_is_said(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.touch()
    with daemon(["--config", str(config), "--file", str(_log(tmp_path))]) as running:
        until(lambda: running.get("/-/ready")[0] == 200)
        config.write_text("http: {allowed_hosts: [gpu1]}\nsinks: {log: {}}\nmodels: {ollama_api: 'off'}\n")
        os.kill(running.process.pid, signal.SIGHUP)
        until(lambda: "needs a restart: http, sinks, models" in running.said)
        assert running.json("/api/v1/status")["configuration"]["needs_restart"] == ["http", "sinks", "models"]
        config.write_text("want: {}\n")
        until(lambda: not running.json("/api/v1/status")["configuration"]["needs_restart"])
