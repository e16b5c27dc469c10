"""`ollama-watchd doctor` as a process of its own: the server, its log, and how it all looks."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import command
from tests.support.journald import Journald
from tests.support.made_machine import Machine, started
from tests.support.need import need
from tests.support.ollama_log import OllamaLog


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


# ---- what there is


def test_nothing_at_all(machine: Machine) -> None:
    """An empty home, and no Ollama: one thing to mend, and no traceback."""
    found = machine.check("ollama")

    assert found["ok"] is False
    assert "none was found" in found["text"]
    assert machine.check("configuration")["text"].startswith("none, so all defaults; ")


def test_no_home(machine: Machine) -> None:
    for name in ("HOME", "PATH"):
        machine.environ.pop(name)

    assert machine.check("state directory")["ok"] is not None


def test_a_running_server_whose_log_is_found(machine: Machine) -> None:
    machine.log.write_text(str(started().runs(ctx=4096)))

    done = machine.doctor(serving=str(machine.log))

    assert done.stderr == ""
    rows = " ".join(done.stdout.split())
    assert "ok ollama runs as a program that no unit started" in rows
    assert f"ok log {machine.log}: 5 lines read" in rows
    assert "ok launches 1 read" in rows


def test_a_server_that_logs_elsewhere_than_configured(machine: Machine) -> None:
    machine.follow(started())
    elsewhere = machine.home / "other.log"

    first, second = machine.checks("log", serving=str(elsewhere))

    assert (first["ok"], second["ok"]) == (True, False)
    assert f"writes to {elsewhere}, which the configuration does not name" in second["text"]


def test_a_server_whose_log_cannot_be_followed(machine: Machine) -> None:
    (found,) = machine.checks("log", serving="/dev/null")

    assert found["ok"] is False
    assert "throws its log away" in found["text"]


# ---- the log


def test_a_log_that_may_not_be_read(machine: Machine) -> None:
    machine.follow(started())
    machine.log.chmod(0)
    powerless = (need("setpriv", package="util-linux"), "--bounding-set=-all", "--inh-caps=-all")

    found = machine.check("log", before=powerless if os.geteuid() == 0 else ())

    assert (found["ok"], found["text"]) == (False, f"{machine.log}: Permission denied")
    assert found["mend"]


def test_a_journal_that_is_not_there(machine: Machine) -> None:
    machine.configure("sources:\n  - {name: box, journal: {unit: no-such-unit.service, namespace: none}}\n")

    found = machine.check("log")

    assert found["ok"] is False
    assert found["text"].startswith("journal of no-such-unit.service: ")


def test_a_journal_that_may_not_be_read_is_not_an_empty_one(machine: Machine) -> None:
    """Without permission it would open, and have no entries."""
    machine.configure("sources: [{name: ollama, journal: {unit: ollama.service}}]\n")
    powerless = (need("setpriv", package="util-linux"), "--bounding-set=-all", "--inh-caps=-all")
    with Journald() as journald:
        journald.log(*str(started().runs(ctx=4096)).encode().splitlines())

        def log() -> dict[str, Any]:
            argv = journald.command([*powerless, *command("doctor", "--json")])
            done = subprocess.run(argv, capture_output=True, check=False, env=machine.environ)
            return next(one for one in json.loads(done.stdout)["checks"] if one["name"] == "log")

        readable = log()
        journald.path("/run/log/journal").chmod(0)
        denied = log()

    assert (readable["ok"], readable["text"]) == (True, "journal of ollama.service: 5 lines read")
    assert denied["ok"] is False
    assert "may not read the journal" in denied["text"]
    assert denied["mend"] == ["sudo usermod -aG systemd-journal $USER, then log in again"]


def test_an_empty_log(machine: Machine) -> None:
    machine.follow()

    assert machine.check("log")["text"] == f"{machine.log}: readable, and empty"


def test_a_log_that_begins_after_the_server_s_start(machine: Machine) -> None:
    machine.follow(OllamaLog("command-line").runs(ctx=4096))

    assert machine.check("server start")["ok"] is False
    assert machine.check("launches")["ok"] is True


def test_launches_that_cannot_be_read(machine: Machine) -> None:
    log = started().runs(ctx=4096).says('"starting llama server" cmd=""')
    machine.follow(log)

    found = machine.check("launches")

    assert (found["ok"], found["text"]) == (False, "1 of 2 launch lines cannot be read")


def test_flags_that_nobody_knows(machine: Machine) -> None:
    machine.follow(started().runs(ctx=4096, flags="--new-thing 3"))

    read, flags = machine.checks("launches")
    assert (read["ok"], flags["ok"]) == (True, False)
    assert "--new-thing" in flags["text"]


@pytest.mark.parametrize(("release", "ok"), [("0.11.4", True), ("99.0.0", False), ("0.5.4-ipexllm", None)])
def test_the_release(machine: Machine, release: str, ok: bool | None) -> None:  # noqa: FBT001
    machine.follow(started().says(f'"Listening on 127.0.0.1:11434 (version {release})"'))

    assert machine.check("release")["ok"] is ok


# ---- how it looks


def test_equal_mends_are_told_once_and_colours_are_for_terminals(machine: Machine) -> None:
    machine.add(".bashrc", "export OLLAMA_NUM_CTX=1\nexport OLLAMA_CTX_SIZE=1\n")

    done = machine.doctor()

    assert "\x1b" not in done.stdout
    assert done.stdout.endswith(" not ok: mend from the top\n")
    assert all(line[:9].strip() in ("ok", "not ok", "—", "") for line in done.stdout.splitlines()[:-1])
