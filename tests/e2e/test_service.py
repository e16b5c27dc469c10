"""The daemon as a service of a systemd that was really booted: what its sandbox keeps from its sinks."""

import json
import sys
from collections.abc import Iterator

import pytest

from ollama_watch.sinks.log import MESSAGE_IDS
from tests.support.booted import ROOT, Booted
from tests.support.logs import START, launch
from tests.support.wait import until

_FOLDER = "/etc/systemd/system/ollama-watchd.service"
_CONFIG = "/etc/ollama-watchd/config.yaml"
_UNIT = f"""[Service]
Type=notify
NotifyAccess=all
ExecStart={sys.executable} -m ollama_watch run --config {_CONFIG} --file /opt/ollama.log
Environment=PYTHONPATH={ROOT} PYTHONDONTWRITEBYTECODE=1
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
IPAddressDeny=any
IPAddressAllow=localhost
"""
_SINKS = """sinks:
  log: {}
  alertmanager: {url: "http://127.0.0.1:9093"}
  webhook-ops: {url: "http://10.0.0.7/hook"}
"""
_BLOCKED = "sink webhook-ops: IPAddressDeny= lets through addresses of IPAddressAllow= alone"
_MEND = "sudo systemctl edit ollama-watchd  →  [Service] IPAddressAllow=10.0.0.7"


@pytest.fixture(scope="module")
def machine() -> Iterator[Booted]:
    with Booted() as booted:
        booted.write(_FOLDER, _UNIT)
        booted.write(_CONFIG, _SINKS)
        booted.write(
            "/opt/ollama.log", "\n".join((*START, launch(ctx_size=8192, parallel=4, started=True), ""))
        )
        yield booted


def start(machine: Booted) -> str:
    """Start the service anew; return what it said at that."""
    machine.run("systemctl", "daemon-reload")
    done = machine.run("systemctl", "restart", "ollama-watchd")
    assert done.returncode == 0, machine.run("journalctl", "-u", "ollama-watchd").stdout
    invocation = machine.run("systemctl", "show", "-P", "InvocationID", "ollama-watchd").stdout.strip()
    return machine.run("journalctl", "-o", "cat", f"_SYSTEMD_INVOCATION_ID={invocation}").stdout


def test_start_and_doctor_name_the_sink_that_is_blocked_and_the_line_that_mends_it(machine: Booted) -> None:
    said = until(lambda: start(machine))
    assert _BLOCKED in said
    assert _MEND in said
    assert "sink alertmanager: IP" not in said
    doctor = [sys.executable, "-m", "ollama_watch", "doctor", "--config", _CONFIG]
    told = machine.run(*doctor).stdout
    assert _BLOCKED in " ".join(told.split())
    assert "[Service] IPAddressAllow=10.0.0.7" in told

    machine.write(f"{_FOLDER}.d/mend.conf", "[Service]\nIPAddressAllow=10.0.0.7\n")
    assert _BLOCKED not in start(machine)
    assert _BLOCKED not in " ".join(machine.run(*doctor).stdout.split())


def begins(machine: Booted) -> list[str]:
    """Return what the journal has of begins, one entry a line."""
    message = f"MESSAGE_ID={MESSAGE_IDS['begin']}"
    return machine.run("journalctl", "-o", "json", "-u", "ollama-watchd", message).stdout.splitlines()


def test_an_alert_is_an_entry_of_the_service_with_fields(machine: Booted) -> None:
    start(machine)
    until(lambda: begins(machine))
    entry = json.loads(begins(machine)[0])

    assert entry["_SYSTEMD_UNIT"] == "ollama-watchd.service"
    assert (entry["OLLAMA_WATCH_RULE"], entry["OLLAMA_WATCH_ACTUAL"]) == ("context-small", "2048")
