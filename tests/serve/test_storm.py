"""Many clients at once, slow and greedy ones among them: watching goes on, and refusals are clean."""

import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import pytest

from tests.support.daemon import Daemon, append, daemon
from tests.support.logs import START, launch
from tests.support.wait import until

SLOW, FAST = 200, 300  # connections
HEADER = 5.0  # s for a whole header
_REQUEST = b"GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "server.log"
    append(path, *START)
    return path


@pytest.fixture
def running(log: Path) -> Iterator[Daemon]:
    with daemon(["--file", str(log), "--sink", "log"]) as running:
        until(lambda: running.get("/-/ready")[0] == 200)
        yield running


@pytest.mark.alone
def test_a_launch_is_told_as_fast_while_500_clients_ask(running: Daemon, log: Path) -> None:
    quiet = _latency(running, log, 1)
    stop = Event()
    with ExitStack() as held, ThreadPoolExecutor(32) as pool:
        fast = [pool.submit(_ask, running) for _ in range(FAST // 2)]
        slow = [held.enter_context(_connect(running)) for _ in range(SLOW)]
        dripping = pool.submit(_drip, slow, stop)
        fast += [pool.submit(_ask, running) for _ in range(FAST // 2)]
        busy = _latency(running, log, 2)
        answers = Counter(one.result() for one in fast)
        stop.set()
        dripping.result()

    assert busy < quiet + 1.5, f"{busy:.2f} s, without clients {quiet:.2f} s"
    assert set(answers) <= {"200", "503", "closed"}, answers
    until(lambda: running.get("/-/healthy")[0] == 200, 2 * HEADER)
    assert running.get("/metrics")[0] == 200
    assert "Traceback" not in running.said


@pytest.mark.alone
def test_a_header_that_drips_is_cut_when_its_time_is_over(running: Daemon) -> None:
    """A byte a moment: no pause is long, but the whole is."""
    began = time.monotonic()
    with _connect(running) as peer:
        peer.settimeout(0.2)
        until(lambda: _is_over(peer), 2 * HEADER, step=0)

    assert HEADER - 0.5 < time.monotonic() - began < HEADER + 2


def test_a_header_that_has_no_end_is_refused(running: Daemon) -> None:
    with _connect(running) as peer:
        answer = _exchange(peer, b"GET / HTTP/1.0\r\nHost: localhost\r\nX: " + b"x" * 20_000)

    assert answer.startswith(b"HTTP/1.0 431")


def test_a_header_of_the_size_that_is_allowed_is_served(running: Daemon) -> None:
    with _connect(running) as peer:
        answer = _exchange(peer, b"GET / HTTP/1.0\r\nHost: localhost\r\nX: " + b"x" * 16_000 + b"\r\n\r\n")

    assert answer.startswith(b"HTTP/1.0 200")


@pytest.mark.parametrize(
    "request_", [b"\r\n\r\n", b"\0\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9\r\n\r\n", b"\xff" * 99 + b"\n\n"]
)
def test_what_is_no_request_gets_an_error_or_nothing(running: Daemon, request_: bytes) -> None:
    with _connect(running) as peer:
        assert b" 200 " not in _exchange(peer, request_)
    assert running.get("/-/healthy")[0] == 200
    assert "Traceback" not in running.said


def _latency(running: Daemon, log: Path, number: int) -> float:
    """Return the seconds from a launch's line to the line of the alert."""
    digest = f"{number:x}".ljust(64, "0")
    append(log, launch(ctx_size=2048, parallel=1, digest=digest, port=41000 + number, started=True))
    began = time.monotonic()
    until(lambda: f"sha256:{digest[:12]}" in running.said, 30)
    return time.monotonic() - began


def _connect(running: Daemon) -> socket.socket:
    place = urlsplit(running.url)
    return socket.create_connection((place.hostname, place.port), timeout=20)


def _drip(peers: list[socket.socket], stop: Event) -> None:
    """Send a byte of a header to each in turn, for as long as anybody wants it."""
    while not stop.is_set():
        for peer in peers:
            try:
                peer.send(b"G")
            except OSError:
                continue
        stop.wait(0.5)


def _ask(running: Daemon) -> str:
    """Return what became of a request: the status, or that the connection was closed."""
    try:
        with _connect(running) as peer:
            answer = _exchange(peer, _REQUEST)
    except ConnectionError:
        return "closed"
    return answer.split(b" ", 2)[1].decode() if answer else "closed"


def _exchange(peer: socket.socket, request: bytes) -> bytes:
    peer.sendall(request)
    found = b""
    while block := peer.recv(65536):
        found += block
    return found


def _is_over(peer: socket.socket) -> bool:
    try:
        peer.send(b"G")
        return peer.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True
