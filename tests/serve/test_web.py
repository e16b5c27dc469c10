"""The HTTP interface, as clients and attackers meet it."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from ollama_watch.serve.web import host_allowed
from tests.support.daemon import Daemon, append, daemon
from tests.support.logs import START, launch
from tests.support.wait import until


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    log = tmp_path_factory.mktemp("web") / "server.log"
    append(log, *START, launch(ctx_size=8192, parallel=4, started=True))
    with daemon(["--file", str(log)]) as running:
        until(lambda: running.get("/-/ready")[0] == 200 and running.alerts)
        yield running


def test_alerts_have_what_the_contract_says(running: Daemon) -> None:
    (alert,) = running.firing("context-small")

    wanted = (
        "id key state rule severity host source model models fact expected actual summary causes fixes since "
        "updated"
    )
    assert set(wanted.split()) <= set(alert)
    assert alert["key"].endswith("server.log/context-small/" + "5b" * 32)
    assert alert["causes"][0]["text"] == "the 8192 of the command line is the total of 4 slots"
    assert alert["fixes"]


def test_status_has_runners_with_all_their_facts(running: Daemon) -> None:
    status = running.json("/api/v1/status")

    (runner,) = status["runners"]
    assert runner["facts"]["ctx_per_slot"] == 2048
    assert runner["facts"]["ctx_trained"] is None
    (source,) = status["sources"]
    assert (source["up"], source["ollama_version"], source["newer_than_tested"]) == (True, "0.5.7", False)


def test_healthy_and_ready(running: Daemon) -> None:
    assert running.get("/-/healthy") == (200, "ollama-watchd is healthy\n")
    assert running.get("/-/ready") == (200, "ollama-watchd is ready\n")


def test_the_page_is_for_people(running: Daemon) -> None:
    code, page = running.get("/")

    assert code == 200
    assert "runs with 2048 tokens" in page


def test_an_unknown_page_says_what_is_known(running: Daemon) -> None:
    code, text = running.get("/nothing")

    assert code == 404
    assert "/metrics" in text
    assert "/api/v1/alerts" in text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "localhost.evil", "10434"])
@pytest.mark.parametrize("path", ["/metrics", "/api/v1/alerts", "/"])
def test_another_hosts_name_is_refused(running: Daemon, host: str, path: str) -> None:
    assert running.get(path, {"Host": host})[0] == 403


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:10434", "127.0.0.1:1", "[::1]:10434", "10.0.0.7", "Gpu1.Lan:10434"]
)
def test_this_machines_names_are_served(host: str) -> None:
    assert host_allowed(host, ("gpu1.lan",))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_written(running: Daemon, method: str) -> None:
    assert _raw(running, f"{method} /api/v1/alerts HTTP/1.0\r\nHost: localhost\r\n\r\n").startswith(
        "HTTP/1.0 405"
    )


@pytest.mark.parametrize("path", ["/api/v1/status", "/metrics", "/"])
def test_head_has_no_body(running: Daemon, path: str) -> None:
    answer = _raw(running, f"HEAD {path} HTTP/1.0\r\nHost: localhost\r\n\r\n")

    head, _, body = answer.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.0 200")
    assert body == ""


def test_the_seventeenth_connection_is_told_that_we_are_busy(running: Daemon) -> None:
    with ExitStack() as held:
        for _ in range(16):
            held.enter_context(_connect(running)).sendall(b"GET /metrics HTTP/1.0\r\n")  # never finished
        answers = until(lambda: [one for one in [_raw(running, "")] if "503" in one])

        assert answers[0].startswith("HTTP/1.0 503")
    until(lambda: running.get("/-/healthy")[0] == 200)


def test_the_status_command_says_what_fires(running: Daemon, capsys: pytest.CaptureFixture[str]) -> None:
    from ollama_watch.cli import main  # noqa: PLC0415  # read when the daemon runs

    address = urlsplit(running.url).netloc
    assert main(["status", "--listen", address]) == 1
    text = capsys.readouterr().out
    assert "! warning   context-small" in text
    assert "2048 × 4 slots" in text
    assert main(["status", "--json", "--listen", address]) == 1
    assert json.loads(capsys.readouterr().out)["ready"] is True


def test_the_status_command_says_that_nobody_answers(capsys: pytest.CaptureFixture[str]) -> None:
    from ollama_watch.cli import main  # noqa: PLC0415  # see above

    assert main(["status", "--listen", "127.0.0.1:1"]) == 2
    assert capsys.readouterr().err.startswith("ollama-watchd: no ollama-watchd answers at 127.0.0.1:1: ")


def _connect(running: Daemon) -> socket.socket:
    place = urlsplit(running.url)
    return socket.create_connection((place.hostname, place.port), timeout=10)


def _raw(running: Daemon, request: str) -> str:
    with _connect(running) as connection:
        if request:
            connection.sendall(request.encode())
        found = b""
        while block := connection.recv(65536):
            found += block
        return found.decode()
