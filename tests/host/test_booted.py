"""Against a systemd that was really booted: what it prints, what it gives to a service, what doctor says."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.host.envfiles import FILES, OF_OLD
from tests.support.booted import Booted

_UNIT = "/etc/systemd/system/ollama.service"
_DROP_IN = "/etc/systemd/system/ollama.service.d/an override.conf"
_SERVER = """
import os, sys, time

def say(text):
    print(f"time=2026-03-01T12:00:00.000Z level=INFO source=x.go:1 msg={text}", file=sys.stderr, flush=True)

context = os.environ.get("OLLAMA_CONTEXT_LENGTH", "4096")
shown = f"OLLAMA_CONTEXT_LENGTH:{context} OLLAMA_NUM_PARALLEL:1 OLLAMA_SCHED_SPREAD:false"
say(f'"server config" env="map[{shown}]"')
say('"Listening on 127.0.0.1:11434 (version 0.11.4)"')
model = f"/root/models/blobs/sha256-{'a1' * 32}"
say(f'"starting llama server" cmd="ollama runner --model {model} --ctx-size {context} --parallel 1 --port 4"')
time.sleep(1000)
"""
_SETTINGS = """[Service]
WorkingDirectory=/opt/ollama
ExecStart=@/usr/bin/python3 ollama serve
"""


@pytest.fixture(scope="module")
def machine() -> Iterator[Booted]:
    with Booted() as booted:
        booted.write("/opt/ollama/serve", _SERVER)
        yield booted


def _install(machine: Booted, *more: str, drop_in: str = "") -> None:
    machine.write(_UNIT, _SETTINGS + "\n".join([*more, ""]))
    machine.write(_DROP_IN, drop_in)
    machine.run("systemctl", "daemon-reload")
    assert machine.run("systemctl", "restart", "ollama").returncode == 0


_SHOW = """
import json, sys
from ollama_watch.host.units import unit

found = unit(sys.argv[1])
print(json.dumps(found and {
    "settings": {one.name: [one.value, one.where] for one in found.settings.values()},
    "ignored": [[one.name, one.where] for one in found.ignored],
    "files": [[file.path, file.optional, file.trouble, file.void] for file in found.files],
    "rest": [found.active, found.needs_reload, str(found.fragment)],
}))
"""


def _shown(machine: Booted, name: str = "ollama.service") -> Any:
    """Return what is known of the unit in there."""
    done = machine.run(sys.executable, "-c", _SHOW, name)
    assert done.stderr == ""
    return json.loads(done.stdout)


def _doctor(machine: Booted, check: str) -> list[dict[str, Any]]:
    done = machine.run(sys.executable, "-m", "ollama_watch", "doctor", "--json")
    assert done.stderr == ""
    return [one for one in json.loads(done.stdout)["checks"] if one["name"] == check]


def _only(machine: Booted, check: str) -> dict[str, Any]:
    (found,) = _doctor(machine, check)
    return found


@pytest.mark.parametrize(("text", "variables"), FILES)
def test_environment_files_give_a_service_what_we_say(
    machine: Booted, text: str, variables: dict[str, str]
) -> None:
    machine.write("/etc/file", text)

    done = machine.run(
        "systemd-run", "--quiet", "--wait", "--pipe", "-p", "EnvironmentFile=/etc/file", "env", "-0"
    )

    given = dict(part.split("=", 1) for part in done.stdout.split("\0") if part)
    assert {name: value for name, value in given.items() if name not in OF_OLD} == variables


def test_a_value_comes_back_as_the_process_gets_it(machine: Booted) -> None:
    r"""Blanks, quotes, a backslash, a tab, a dollar, a percent sign, letters beyond ASCII, an escape."""
    values = ["a b", 'it\'s "q"', "a\\b", "a\tb", "a$b`c", "100%", "grün ✗", "\x1b[31m", ""]
    quoted = [value.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") for value in values]
    quoted = [value.replace("\t", "\\t").replace("\x1b", "\\x1b") for value in quoted]
    _install(machine, *(f'Environment="OLLAMA_V{n}={value}"' for n, value in enumerate(quoted)))

    found = _shown(machine)

    environ = machine.run(
        "cat", f"/proc/{machine.run('systemctl', 'show', '-P', 'MainPID', 'ollama').stdout.strip()}/environ"
    )
    given = dict(part.split("=", 1) for part in environ.stdout.split("\0") if part.startswith("OLLAMA_"))
    assert given == {f"OLLAMA_V{n}": value for n, value in enumerate(values)}
    assert {name: value for name, (value, _) in found["settings"].items()} == given


def test_a_unit_with_all_its_parts(machine: Booted) -> None:
    machine.write("/etc/ollama.env", "export OLLAMA_DEBUG=1\nOLLAMA_NUM_PARALLEL=2\n")
    _install(
        machine,
        "EnvironmentFile=/etc/ollama.env",
        "EnvironmentFile=-/etc/none.env",
        "Environment=OLLAMA_NUM_PARALLEL=1 OLLAMA_MAX_QUEUE=9",
        "UnsetEnvironment=OLLAMA_MAX_QUEUE",
        drop_in="[Install]\nEnvironment=OLLAMA_NOPRUNE=1\n[Service]\nEnvironment='OLLAMA_HOST=0.0.0.0'\n",
    )

    found = _shown(machine)

    assert found == {
        "settings": {
            "OLLAMA_NUM_PARALLEL": ["2", "/etc/ollama.env:2"],
            "OLLAMA_HOST": ["0.0.0.0", f"{_DROP_IN}:4"],
        },
        "ignored": [["OLLAMA_NOPRUNE", f"{_DROP_IN}:2"]],
        "files": [
            ["/etc/ollama.env", False, None, ["/etc/ollama.env:1: export OLLAMA_DEBUG"]],
            ["/etc/none.env", True, None, []],
        ],
        "rest": [True, False, _UNIT],
    }


def test_what_is_no_unit_is_none(machine: Booted) -> None:
    assert _shown(machine, "none.service") is None


# ---- doctor


def test_all_is_well(machine: Booted) -> None:
    _install(machine, drop_in="[Service]\nEnvironment=OLLAMA_CONTEXT_LENGTH=32768\n")

    assert _only(machine, "ollama")["text"].startswith("runs as the unit ollama.service, pid ")
    assert _only(machine, "environment") == {
        "name": "environment",
        "ok": True,
        "text": "the server saw what ollama.service sets: OLLAMA_CONTEXT_LENGTH",
        "mend": [],
        "details": [],
    }
    for check in ("log", "server start", "launches", "release", "daemon-reload", "variables", "unit file"):
        assert [one["ok"] for one in _doctor(machine, check)] == [True], check


def test_an_edit_that_systemd_has_not_read(machine: Booted) -> None:
    _install(machine)
    machine.write(_DROP_IN, "[Service]\nEnvironment=OLLAMA_CONTEXT_LENGTH=32768\n")

    found = _only(machine, "daemon-reload")

    assert found["ok"] is False
    assert found["mend"] == ["sudo systemctl daemon-reload", "sudo systemctl restart ollama"]


def test_a_unit_whose_server_was_not_started_again(machine: Booted) -> None:
    _install(machine)
    machine.write(_DROP_IN, "[Service]\nEnvironment=OLLAMA_CONTEXT_LENGTH=32768\n")
    machine.run("systemctl", "daemon-reload")

    found = _only(machine, "environment")

    assert found["text"] == f"OLLAMA_CONTEXT_LENGTH=32768 is set, the server saw 4096 ({_DROP_IN}:2)"
    assert found["mend"] == ["sudo systemctl restart ollama"]


def test_settings_that_an_upgrade_would_overwrite(machine: Booted) -> None:
    _install(machine, "Environment=OLLAMA_CONTEXT_LENGTH=32768")

    assert _only(machine, "unit file")["mend"] == [
        'sudo systemctl edit ollama  →  [Service] Environment="OLLAMA_CONTEXT_LENGTH=32768"'
    ]


def test_models_that_the_sandbox_hides(machine: Booted) -> None:
    """The mend works: with it, the same sandbox reads them."""
    machine.run("mkdir", "-p", "/root/models/manifests")
    _install(machine)
    own = "[Service]\nExecStart=/bin/sleep 100\nDynamicUser=yes\nProtectHome=yes\n"
    machine.write("/etc/systemd/system/ollama-watchd.service", own)
    machine.run("systemctl", "daemon-reload")

    found = _only(machine, "models directory")

    assert found["ok"] is False
    assert "hidden from the service by ProtectHome=yes" in found["text"]
    lines = [line.strip() for line in found["mend"] if line.startswith("    ") and "=" in line]
    assert len(lines) == 2
    machine.write("/etc/systemd/system/ollama-watchd.service", own + "\n".join([*lines, ""]))
    machine.run("systemctl", "daemon-reload")
    properties = [f"--property={line}" for line in ["DynamicUser=yes", *lines]]
    reader = machine.run("systemd-run", "--quiet", "--wait", "--pipe", *properties, "ls", "/root/models")
    assert reader.stdout == "manifests\n"
    assert _only(machine, "models directory")["ok"] is True


def test_a_unit_of_another_user_is_seen_by_root(machine: Booted) -> None:
    """Its manager is asked for its environment."""
    machine.run("systemctl", "stop", "ollama")
    machine.run("useradd", "--uid", "4321", "--create-home", "somebody")
    settings = f"{_SETTINGS}Environment=OLLAMA_CONTEXT_LENGTH=16384\n"
    machine.write("/home/somebody/.config/systemd/user/ollama.service", settings)
    machine.run("chown", "-R", "somebody", "/home/somebody")
    machine.run("systemctl", "start", "user@4321")
    assert machine.run("systemctl", "--user", "--machine=4321@.host", "start", "ollama").returncode == 0

    assert _only(machine, "ollama")["text"].startswith("runs as the user unit ollama.service (of uid 4321)")
    assert _only(machine, "environment")["text"] == (
        "the server saw what ollama.service sets: OLLAMA_CONTEXT_LENGTH"
    )


def test_explain_says_what_the_unit_sets_and_the_server_did_not_see(machine: Booted) -> None:
    """The unit was edited after the server had started, and `.bashrc` never reached it."""
    _install(machine)
    machine.write("/root/.bashrc", "export OLLAMA_NUM_PARALLEL=4\n")
    machine.write(_DROP_IN, '[Service]\nEnvironment="OLLAMA_CONTEXT_LENGTH=32768"\n')
    machine.run("systemctl", "daemon-reload")
    log = machine.run("journalctl", "-u", "ollama", "-o", "cat").stdout
    machine.write("/root/server.log", log)

    done = machine.run(
        sys.executable,
        "-m",
        "ollama_watch",
        "explain",
        "--json",
        "--log",
        "/root/server.log",
        "--unit",
        "ollama",
    )

    (found,) = json.loads(done.stdout)["explanations"]
    said = {row["variable"]: row for row in found["set_elsewhere"]}
    assert said["OLLAMA_CONTEXT_LENGTH"]["where"] == f"{_DROP_IN}:2"
    assert said["OLLAMA_CONTEXT_LENGTH"]["mend"] == ["sudo systemctl restart ollama"]
    assert said["OLLAMA_NUM_PARALLEL"]["verdict"] == "shell only"
    machine.run("rm", "/root/.bashrc")
