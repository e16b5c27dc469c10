"""`ollama-watchd status` finds the daemon by the configuration, also while that has mistakes."""

import subprocess
from pathlib import Path

from tests.support.command import command, environment
from tests.support.daemon import append, daemon
from tests.support.logs import START, launch
from tests.support.wait import until


def _status(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    asked = command("status", *words)
    environ = environment(XDG_CONFIG_HOME=str(folder))
    return subprocess.run(asked, capture_output=True, text=True, check=False, env=environ)


def test_mistakes_elsewhere_in_the_configuration_hide_nothing(tmp_path: Path) -> None:
    config = tmp_path / "ollama-watchd/config.yaml"
    config.parent.mkdir()
    log = tmp_path / "server.log"
    append(log, *START, launch(ctx_size=8192, parallel=4, started=True))

    with daemon(["--file", str(log)]) as running:
        until(lambda: running.firing("context-small"))
        address = running.url.removeprefix("http://").rstrip("/")
        config.write_text(f'http: {{listen: "{address}"}}\nwnat: {{}}\n')
        elsewhere = _status(tmp_path)
        config.write_text("http: {lisen: 1}\n")
        here = _status(tmp_path, "--listen", address)

    assert (elsewhere.returncode, elsewhere.stderr) == (1, "")
    assert "context-small" in elsewhere.stdout
    assert here.returncode == 1
    assert "context-small" in here.stdout
    assert f"{config}:1:8: unknown key 'lisen'" in here.stderr
    assert f"asking at {address} all the same" in here.stderr
