"""What the sandbox of the service keeps from its sinks and its page."""

import os

import pytest

from ollama_watch.app import sandboxed
from ollama_watch.app.httpconfig import Http
from ollama_watch.app.sinksconfig import SinkConfig
from ollama_watch.host.units import Sandbox, unit
from ollama_watch.sinks.post import Receiver

SHIPPED = (
    "ProtectHome=yes",
    "IPAddressDeny=0.0.0.0/0 ::/0",
    "IPAddressAllow=127.0.0.0/8 ::1/128",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
)


@pytest.mark.parametrize(
    ("url", "why", "mend"),
    [
        ("http://127.0.0.1:9093", "", ""),
        ("http://localhost:9093", "", ""),
        ("http://[::1]:9093", "", ""),
        ("http://10.0.0.7:9093", "IPAddressDeny=", "[Service] IPAddressAllow=10.0.0.7"),
        ("http://am.example", "IPAddressDeny=", "[Service] IPAddressAllow=ADDRESS"),
    ],
)
def test_the_sandbox_keeps_a_sink_from_other_machines_alone(url: str, why: str, mend: str) -> None:
    sink = SinkConfig("alertmanager", receiver=Receiver(url=url))
    found = [(one.what, one.why, one.mend) for one in sandboxed.kept([sink], Http(), _box(*SHIPPED))]

    assert len(found) == bool(why)
    assert all(why in text and command.endswith(mend) for _, text, command in found)


@pytest.mark.parametrize(
    ("program", "own", "is_hidden"),
    [
        ("/home/me/on-alert", "ProtectHome=yes", True),
        ("/root/on-alert", "ProtectHome=tmpfs", True),
        ("/home/me/on-alert", "ProtectHome=read-only", False),
        ("/home/me/on-alert", "ProtectHome=yes\nBindReadOnlyPaths=/home/me/on-alert", False),
        ("/usr/local/bin/on-alert", "ProtectHome=yes", False),
    ],
)
def test_a_program_that_the_sandbox_hides(program: str, own: str, is_hidden: bool) -> None:  # noqa: FBT001  # a parameter
    found = list(sandboxed.kept([SinkConfig("command", run=(program,))], Http(), _box(own)))

    assert bool(found) is is_hidden
    assert all(one.mend.endswith(f"[Service] BindReadOnlyPaths={program}") for one in found)


def test_at_its_start_the_service_names_the_sinks_that_are_blocked(monkeypatch: pytest.MonkeyPatch) -> None:
    sinks = (SinkConfig("log"), SinkConfig("desktop"))
    shown = "\n".join(("LoadState=loaded", f"MainPID={os.getpid()}", *SHIPPED))
    monkeypatch.setattr("ollama_watch.host.units.unit", lambda name: unit(name, run=lambda _: shown))

    told = sandboxed.kept_here(sinks, Http(listen="0.0.0.0:10434"), {"INVOCATION_ID": "1"})
    assert [one.what for one in told] == ["sink desktop", "http.listen 0.0.0.0:10434"]
    assert sandboxed.kept_here(sinks, Http(), {}) == []
    shown = shown.replace(str(os.getpid()), "1")  # somebody else is the service
    assert sandboxed.kept_here(sinks, Http(), {"INVOCATION_ID": "1"}) == []


@pytest.mark.parametrize(
    ("listen", "own", "mend"),
    [
        ("0.0.0.0:10434", SHIPPED, "[Service] IPAddressAllow=ADDRESS"),
        ("[::]:10434", SHIPPED, "[Service] IPAddressAllow=ADDRESS"),
        ("0.0.0.0:10434", ("PrivateNetwork=yes",), "[Service] PrivateNetwork=no"),
        ("0.0.0.0:10434", (*SHIPPED[:2], "IPAddressAllow=127.0.0.0/8 192.0.2.0/24"), ""),
        ("0.0.0.0:10434", ("ProtectHome=no",), ""),
        ("127.0.0.1:10434", SHIPPED, ""),
        ("[::1]:10434", SHIPPED, ""),
        ("localhost:10434", SHIPPED, ""),
    ],
)
def test_a_page_for_others_that_the_sandbox_shuts_in(listen: str, own: tuple[str, ...], mend: str) -> None:
    found = list(sandboxed.kept((), Http(listen=listen), _box(*own)))

    assert [one.mend.endswith(mend) for one in found] == [True] * bool(mend)


def _box(*own: str) -> Sandbox:
    found = unit("ollama-watchd.service", run=lambda _: "\n".join(("LoadState=loaded", *own)))
    assert found
    return found.sandbox
