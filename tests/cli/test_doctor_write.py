"""`doctor --write`: what was found becomes configuration."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.command import command
from tests.support.made_machine import Machine, started


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_what_was_found_is_written_and_works(machine: Machine) -> None:
    """A configuration that was there keeps every byte."""
    machine.log.write_text(str(started().runs(ctx=4096)))
    before = "# mine\nhttp: {allowed_hosts: [box]}  # yes"
    machine.configure(before)

    done = machine.doctor("--write", "--config", str(machine.config), serving=str(machine.log))

    after = machine.config.read_text()
    assert after.startswith(f"{before}\n")
    assert f'  - {{name: "server.log", file: {{path: "{machine.log}"}}}}' in after
    assert f"written to {machine.config}:" in done.stdout
    check = subprocess.run(command("check"), capture_output=True, text=True, check=False, env=machine.environ)
    assert "1 launch of 1 model" in check.stdout
    assert list(machine.config.parent.iterdir()) == [machine.config]


def test_a_new_configuration_is_written_where_a_user_s_belongs(machine: Machine) -> None:
    machine.log.write_text(str(started()))
    machine.environ["XDG_CONFIG_HOME"] = str(machine.home / "xdg")

    done = machine.doctor("--write", "--json", serving=str(machine.log))

    written = machine.home / "xdg/ollama-watchd/config.yaml"
    assert json.loads(done.stdout)["wrote"] == str(written)
    assert written.read_text().splitlines()[1] == "sources:"


@pytest.mark.parametrize(
    ("before", "why"),
    [
        ("sources: []\n", "1:1: there is a `sources:` already"),
        ("# mine\nsources:\n", "2:1: there is a `sources:` already"),
        ("want: {\n", "config.yaml:1:8: a value is missing"),
        ("wnat: {}\n", "/config.yaml:1:1: unknown key"),
    ],
)
def test_what_is_there_is_not_overwritten(machine: Machine, before: str, why: str) -> None:
    machine.log.write_text(str(started()))
    machine.configure(before)

    done = machine.doctor("--write", serving=str(machine.log))

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("ollama-watchd: ")
    assert why in done.stderr
    assert "Traceback" not in done.stderr
    assert machine.config.read_text() == before


def test_nothing_to_write(machine: Machine) -> None:
    done = machine.doctor("--write")

    assert done.returncode == 2
    assert done.stderr.startswith("ollama-watchd: no log was found that could be written down\n")
    assert not machine.config.exists()
