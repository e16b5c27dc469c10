"""As it is shipped the daemon talks to nobody outside this machine: every call of connect() is looked at."""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

from tests.support.daemon import Daemon, append, daemon
from tests.support.logs import START, launch
from tests.support.wait import until

_ROOT = Path(__file__).parents[2]
_SHIPPED = _ROOT / "packaging/config.yaml"
# Python runs this at its start, in the daemon and in every Python that it starts.
_RECORDER = """import sys
def record(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        to = repr(arguments[1])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        to = repr((arguments[0], 0))
    else:
        return
    with open({path!r}, "a") as stream:
        stream.write(to + "\\n")
sys.addaudithook(record)
"""


@contextmanager
def _recorded(tmp_path: Path, config: Path) -> Iterator[tuple[Daemon, Path]]:
    """Run a daemon that has something to tell and a name to ask for; give it, and the file of its calls."""
    calls, log, site = tmp_path / "calls", tmp_path / "server.log", tmp_path / "site"
    calls.touch()
    site.mkdir()
    (site / "sitecustomize.py").write_text(_RECORDER.format(path=str(calls)))
    append(log, *START, launch(ctx_size=8192, parallel=4, started=True))
    paths = {"PYTHONPATH": f"{site}:{_ROOT}"}
    with daemon(["--config", str(config), "--file", str(log)], environ=paths) as running:
        until(lambda: running.firing("context-small"))
        yield running, calls


def _hosts(calls: Path) -> set[str]:
    """Return whom it called: hosts by name or address; a socket of this machine's has none."""
    told = map(ast.literal_eval, calls.read_text().splitlines())
    return {to[0] for to in told if isinstance(to, tuple)}


def _is_local(host: str) -> bool:
    return host == "localhost" or ip_address(host).is_loopback


def test_as_shipped_it_asks_ollama_on_this_machine_and_nobody_else(tmp_path: Path) -> None:
    with _recorded(tmp_path, _SHIPPED) as (running, calls):
        until(lambda: _hosts(calls), 30)  # the names of models: no models directory is here
        running.get("/metrics")
        running.get("/")

    assert [host for host in _hosts(calls) if not _is_local(host)] == []


def test_who_is_called_would_have_been_seen(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text('sinks: {webhook: {url: "http://192.0.2.1/", timeout: 1s}}\n')

    with _recorded(tmp_path, config) as (_, calls):
        until(lambda: "192.0.2.1" in _hosts(calls))
