"""The installed service in a booted system, and an Ollama there that logs what it is given.

with Machine() as machine:
    machine.install(debs)
    ollama = Ollama(machine)
    start(machine, "ollama")
    start(machine, "ollama-watchd")
    ollama.logs(*START)
"""

import json
import shlex
from pathlib import Path
from typing import Any

from tests.support.booted import ROOT, Booted
from tests.support.wait import until

SYSTEMD = ROOT / "packaging/systemd"
DROP_INS = "/etc/systemd/system/ollama-watchd.service.d"
CONFIG = "/etc/ollama-watchd/config.yaml"
MODELS = "/usr/share/ollama/.ollama/models"
_OLLAMA = """[Service]
WorkingDirectory={folder}
ExecStart=@/usr/bin/tail ollama serve --lines=+1 --follow=name
"""


def shell(machine: Booted, script: str) -> str:
    """Return what a script of sh prints, which has to end well."""
    done = machine.run("sh", "-c", script)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def start(machine: Booted, unit: str) -> None:
    """Start a unit anew, as its files are now; fail with what it said."""
    machine.run("systemctl", "daemon-reload")
    done = machine.run("systemctl", "restart", unit)
    assert done.returncode == 0, done.stderr + said(machine, unit)


def said(machine: Booted, unit: str = "ollama-watchd") -> str:
    """Return what a unit wrote to the journal, and systemd of it."""
    return machine.run("journalctl", "--output=cat", f"--unit={unit}").stdout


def shown(machine: Booted, name: str, unit: str = "ollama-watchd") -> str:
    """Return a property of a unit."""
    return machine.run("systemctl", "show", "--value", f"--property={name}", unit).stdout.strip()


def status(machine: Booted) -> Any:
    """Return what the daemon in there answers, None if none does."""
    found = _got(machine, "api/v1/status")
    return json.loads(found) if found else None


def firing(machine: Booted) -> set[tuple[str, str]]:
    """Return the rules that the daemon says are broken, each with the model."""
    found = status(machine) or {"alerts": ()}
    return {(one["rule"], one["model"]) for one in found["alerts"] if one["state"] == "firing"}


def metrics(machine: Booted) -> str:
    """Return the metrics of the daemon in there."""
    return _got(machine, "metrics")


def _got(machine: Booted, path: str) -> str:
    address = f"http://127.0.0.1:10434/{path}"
    read = f"import urllib.request as u; print(u.urlopen('{address}').read().decode())"
    return machine.run("/usr/bin/python3", "-c", read).stdout


class Ollama:
    """A unit that looks like `ollama serve` and writes what `logs` gives it, by way of the file `serve`."""

    def __init__(self, machine: Booted, unit: str = "/etc/systemd/system/ollama.service") -> None:
        """Write the unit; who starts it is the caller."""
        self._machine, self._folder = machine, Path(unit).with_suffix(".log")
        machine.write(unit, _OLLAMA.format(folder=self._folder))
        machine.write(str(self._folder / "serve"), "")

    def logs(self, *lines: str) -> None:
        """Return once the journal has them."""
        text = "".join(f"{line}\n" for line in lines)
        shell(self._machine, f"printf %s {shlex.quote(text)} >> {self._folder}/serve")
        last = lines[-1].splitlines()[-1]
        until(lambda: last in self._machine.run("journalctl", "--output=cat", "--lines=50").stdout)

    def forget(self) -> None:
        """Have nothing to say at the next start."""
        shell(self._machine, f": > {self._folder}/serve")
