"""What `doctor` says of the configuration, the daemon and the desktop."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.support.daemon import daemon
from tests.support.desktop import Desktop
from tests.support.made_machine import Machine, started
from tests.support.wait import until


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


# ---- the daemon


def test_a_broken_configuration_is_shown_in_full(machine: Machine) -> None:
    machine.configure("wnat: {}\nsinks: {nope: {}}\n")

    done = machine.doctor()

    assert done.returncode == 1
    assert f"{machine.config}:1:1: unknown key 'wnat'" in done.stdout
    assert "hint: did you mean 'want'?" in done.stdout
    assert "unknown sink 'nope'" in done.stdout


def test_a_configuration_that_is_not_there(machine: Machine) -> None:
    found = machine.check("configuration", "--config", "/nonexistent/config.yaml")

    assert found["ok"] is False


@contextmanager
def _taken_port() -> Iterator[int]:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_that_somebody_else_has(machine: Machine) -> None:
    with _taken_port() as port:
        machine.configure(f'http: {{listen: "127.0.0.1:{port}"}}\n')
        found = machine.check("daemon")

    assert found["ok"] is False
    assert f"cannot listen at 127.0.0.1:{port}: Address already in use" in found["text"]


def test_a_free_port(machine: Machine) -> None:
    with _taken_port() as port:
        pass
    machine.configure(f'http: {{listen: "127.0.0.1:{port}"}}\n')

    found = machine.check("daemon")

    assert (found["ok"], found["text"]) == (None, f"does not run; 127.0.0.1:{port} is free for it")


def test_the_daemon_runs(machine: Machine) -> None:
    machine.log.write_text(str(started().runs(ctx=4096)))
    machine.configure("")
    with daemon(["--file", str(machine.log), "--config", str(machine.config)]) as running:
        machine.configure(f'http: {{listen: "{running.url.removeprefix("http://")}"}}\n')
        found = machine.check("daemon")

    assert found["ok"] is True
    assert found["text"].startswith("ollama-watchd 0.")
    assert "reads its sources" in found["text"]


def test_the_daemon_has_trouble_with_a_source(machine: Machine) -> None:
    missing = machine.home / "none.log"
    machine.configure("")
    with daemon(["--file", str(missing), "--config", str(machine.config)]) as running:
        machine.configure(f'http: {{listen: "{running.url.removeprefix("http://")}"}}\n')
        found = machine.checks("daemon")

    assert [one["ok"] for one in found] == [False]
    assert "none.log" in found[0]["text"]


def test_the_daemon_goes_by_another_configuration(machine: Machine, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.touch()
    with daemon(["--file", str(machine.home / "none.log"), "--config", str(other)]) as running:
        listen = running.url.removeprefix("http://")
        machine.configure(f'http: {{listen: "{listen}"}}\n')
        found = machine.checks("daemon")[-1]

    assert found["text"] == f"the one at {listen} goes by {other}, not by {machine.config}"
    assert found["mend"] == [f"write it into {other}"]


def test_the_daemon_waits_for_a_restart(machine: Machine) -> None:
    machine.configure("sinks: {log: {}}\n")
    with daemon(["--file", str(machine.home / "none.log"), "--config", str(machine.config)]) as running:
        machine.configure(f'http: {{listen: "{running.url.removeprefix("http://")}"}}\n')
        until(lambda: "needs a restart: sinks" in running.said)
        found = machine.checks("daemon")[-1]

    assert found["text"] == "goes by what it was started with, until a restart: sinks"


# ---- the desktop


def test_no_desktop(machine: Machine) -> None:
    """It matters only to who asked for one."""
    assert machine.check("desktop")["ok"] is None
    machine.configure("sinks: {log: {}}\n")
    assert machine.check("desktop")["ok"] is None
    machine.configure("sinks: {desktop: {}}\n")
    machine.environ["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
    assert machine.check("desktop")["ok"] is False


def test_a_desktop(machine: Machine) -> None:
    """Asking shows nothing."""
    with Desktop() as desktop:
        machine.environ["DBUS_SESSION_BUS_ADDRESS"] = desktop.environ["DBUS_SESSION_BUS_ADDRESS"]
        found = machine.check("desktop")

        assert found["ok"] is True
        assert found["text"].startswith("pop-ups are shown by dunst ")
        assert desktop.titles() == []
