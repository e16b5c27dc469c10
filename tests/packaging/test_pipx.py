"""For people without root's rights, in a booted system: pipx, the user unit, and an Ollama of their own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.booted import ROOT, Booted
from tests.support.installed import SYSTEMD, Ollama, firing, metrics, shell, status
from tests.support.logs import FRESH
from tests.support.need import missing, need
from tests.support.wait import until

_SOON = 20.0  # s for what takes one or two
_UID = 4321
_HOME = "/home/somebody"
_MANAGER = ("systemctl", "--user", f"--machine={_UID}@.host")
_UNIT = "ollama-watchd"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run([*build, "--wheel-dir", folder, ROOT], capture_output=True, text=True, check=False)
    if "No matching distribution found for hatchling" in done.stderr:
        missing("hatchling (from PyPI)")
    assert done.returncode == 0, done.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def machine(wheel: Path) -> Iterator[Booted]:
    """Boot a machine where somebody has installed it with pipx, and the unit as packaging/systemd says."""
    need("pipx", package="pipx")
    with Booted() as booted:
        shell(booted, f"useradd --uid {_UID} --create-home --shell /bin/sh somebody")
        booted.write(f"/opt/{wheel.name}", wheel.read_bytes())
        unit = (SYSTEMD / "user/ollama-watchd.service").read_bytes()
        booted.write(f"{_HOME}/.config/systemd/user/ollama-watchd.service", unit)
        shell(booted, f"chown -R somebody {_HOME}; systemctl start systemd-logind")
        _by_somebody(booted, "pipx", "install", "--python", "/usr/bin/python3", f"/opt/{wheel.name}")
        shell(booted, "loginctl enable-linger somebody")
        until(lambda: booted.run(*_MANAGER, "daemon-reload").returncode == 0, _SOON)
        yield booted


def _by_somebody(machine: Booted, *words: str) -> None:
    """Run a program as them, with this machine's own network: libraries come from PyPI."""
    place = {"HOME": _HOME, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH": ""}
    done = subprocess.run(
        machine.inside("runuser", "--user=somebody", "--", *words, network=False),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **place},
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def ollama(machine: Booted) -> Ollama:
    found = Ollama(machine, f"{_HOME}/.config/systemd/user/ollama.service")
    shell(machine, f"chown -R somebody {_HOME}/.config")
    assert machine.run(*_MANAGER, "daemon-reload").returncode == 0
    assert machine.run(*_MANAGER, "start", "ollama").returncode == 0
    found.logs(*FRESH)
    return found


def _shown(machine: Booted, name: str) -> str:
    return machine.run(*_MANAGER, "show", "--value", f"--property={name}", _UNIT).stdout.strip()


def test_their_own_ollama_is_watched_by_what_pipx_installed(machine: Booted, ollama: Ollama) -> None:
    done = machine.run(*_MANAGER, "enable", "--now", _UNIT)
    assert done.returncode == 0, done.stderr

    until(lambda: "context-at-default" in {rule for rule, _ in firing(machine)}, _SOON)
    assert "ollama_watch_alert_firing{" in metrics(machine)
    assert _shown(machine, "StatusText").startswith("Watching ollama.service: 1 runner")
    assert machine.run(*_MANAGER, "status", _UNIT).stdout.count("1 runner") == 1
    command = machine.run("cat", f"/proc/{_shown(machine, 'MainPID')}/cmdline").stdout.split("\0")
    assert command[0].startswith(f"{_HOME}/.local/")
    assert command[1] == f"{_HOME}/.local/bin/ollama-watchd"


def test_it_comes_back_with_the_machine(machine: Booted, ollama: Ollama) -> None:
    """Nobody logs in: they linger, and what was told stays told."""
    until(lambda: firing(machine), _SOON)
    before = {one["id"] for one in status(machine)["alerts"]}
    ollama.forget()  # else it says all again, with the moments of then
    assert machine.run(*_MANAGER, "add-wants", "default.target", "ollama.service").returncode == 0
    shell(machine, "systemctl add-wants booted.target systemd-logind.service systemd-user-sessions.service")

    machine.reboot()

    after = until(lambda: status(machine), 2 * _SOON)
    assert {one["id"] for one in after["alerts"]} == before
    assert _shown(machine, "ActiveState") == "active"
