"""What a user can get wrong with `run`: one message, its exit code, nothing hangs."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.support.daemon import COMMAND, append, daemon
from tests.support.logs import START, launch
from tests.support.wait import until


def _fails(tmp_path: Path, *arguments: str, code: int = 2) -> str:
    done = subprocess.run(
        [*COMMAND, "run", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CONFIG_HOME": str(tmp_path)},
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"

        said = _fails(tmp_path, "--file", str(tmp_path / "server.log"), "--listen", address, code=1)
    assert f"cannot listen at {address}: the port is taken" in said
    assert "--listen" in said


def test_an_address_that_this_machine_does_not_have_yet(tmp_path: Path) -> None:
    """The network may come: systemd tries again after a 1."""
    config = tmp_path / "config.yaml"
    config.write_text("http: {listen: '192.0.2.1:10434', allow_cleartext: true}\n")

    said = _fails(tmp_path, "--file", str(tmp_path / "server.log"), "--config", str(config), code=1)

    assert "cannot listen at 192.0.2.1:10434: " in said
    assert "hint: no interface of this machine has this address" in said
    assert "another ollama-watchd" not in said


def test_an_address_that_is_none(tmp_path: Path) -> None:
    said = _fails(tmp_path, "--file", str(tmp_path / "server.log"), "--listen", "everywhere")

    assert "'everywhere' is no address to listen at" in said


def test_an_address_that_others_can_reach(tmp_path: Path) -> None:
    said = _fails(tmp_path, "--file", str(tmp_path / "server.log"), "--listen", "0.0.0.0:0")

    assert "can be reached from other machines, in clear text" in said


def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    assert f"{tmp_path}: is a directory" in _fails(tmp_path, "--file", str(tmp_path))


def test_a_pipe_instead_of_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "log")

    said = _fails(tmp_path, "--file", str(tmp_path / "log"))
    assert f"{tmp_path}/log: is a pipe" in said
    assert f"run - < {tmp_path}/log" in said


def test_a_rule_with_a_typo(tmp_path: Path) -> None:
    rules = tmp_path / "mine.yaml"
    rules.write_text("rules:\n  - id: context-small\n    expct: {ctx_per_slot: '> 1'}\n")

    said = _fails(tmp_path, "--file", str(tmp_path / "server.log"), "--rules", str(rules))
    assert f"{rules}:3:5: unknown key 'expct'" in said
    assert "did you mean 'expect'?" in said
    assert "^^^^^" in said


def test_a_configuration_that_is_not_there(tmp_path: Path) -> None:
    missing = tmp_path / "none.yaml"

    assert f"{missing}: No such file or directory" in _fails(tmp_path, "--config", str(missing))


def test_two_sources_of_one_name(tmp_path: Path) -> None:
    said = _fails(
        tmp_path, "--file", str(tmp_path / "a/server.log"), "--file", str(tmp_path / "b/server.log")
    )

    assert "two sources are called 'server.log'" in said


def test_garbage_and_an_endless_line_are_read_past(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    append(log, *START)

    with daemon(["--file", str(log)]) as running:
        with log.open("ab") as stream:
            stream.write(bytes(range(256)) * 4096)
            for _ in range(200):
                stream.write(b"x" * (1 << 20))
            stream.write(b"\n")
        append(log, launch(ctx_size=8192, parallel=4, started=True))

        until(lambda: running.firing("context-small"), seconds=60)
        status = Path(f"/proc/{running.process.pid}/status").read_text(encoding="utf-8")
        peak = int(status.split("VmHWM:")[1].split()[0])
        assert peak < 100_000  # kB


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("alertmanager", 'sinks: {alertmanager: {url: "http://127.0.0.1:9093"}}'),
        ("webhook-ops", "sinks: {webhook-ops: {url_file: /run/credentials/…, or url: …}}"),
        ("command", "sinks: {command: {run: [/usr/local/bin/on-alert]}}"),
    ],
)
def test_a_sink_that_needs_a_configuration(tmp_path: Path, name: str, words: str) -> None:
    said = _fails(tmp_path, "--file", str(tmp_path / "server.log"), "--sink", name)

    assert f"--sink {name}: such a sink needs a configuration" in said
    assert f"write it into {tmp_path}/ollama-watchd/config.yaml: {words}" in said


def test_a_sink_that_is_none(tmp_path: Path) -> None:
    said = _fails(tmp_path, "--file", str(tmp_path / "server.log"), "--sink", "destkop")

    assert "--sink destkop: there is no such sink" in said
    assert "did you mean 'desktop'?" in said
