"""The stream of alerts: everything first, then what changes, to readers good and bad."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ollama_watch.serve.changes import Changes
from ollama_watch.serve.stream import Streams
from tests.support.daemon import Daemon, append, daemon
from tests.support.events import STREAM, Event, Reader
from tests.support.logs import START, launch
from tests.support.need import need_root
from tests.support.wait import until

DAY = 86400.0


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


def small(log: Path, number: int = 1) -> str:
    """Launch a model that gets 2048 tokens; return what it is called."""
    digest = f"{number:04x}".ljust(64, "0")
    append(log, launch(ctx_size=2048, parallel=1, digest=digest, port=41000 + number, started=True))
    return f"sha256:{digest[:12]}"


def mended(log: Path, number: int = 1) -> None:
    digest = f"{number:04x}".ljust(64, "0")
    append(log, launch(ctx_size=32768, parallel=1, digest=digest, port=42000 + number, started=True))


def following(reader: Reader, name: str, state: str) -> Event:
    """Return the next event about the model `name` in that state."""
    while event := reader.next():
        if event.name == "alert" and (event.data["model"], event.data["state"]) == (name, state):
            return event
    raise AssertionError("the stream ended")


def test_everything_comes_first_and_then_what_changes(running: Daemon, log: Path) -> None:
    name = small(log)
    until(lambda: running.alerts and running.alerts[0]["told"])

    with Reader(running.url) as reader:
        first = reader.next()
        assert first
        assert (first.name, first.data["ready"]) == ("snapshot", True)
        assert first.data["alerts"] == running.alerts
        mended(log)
        event = following(reader, name, "resolved")

    assert event.number
    assert event.number > (first.number or 0)
    assert (event.data["id"], event.data["ended"]) == (first.data["alerts"][0]["id"], "fixed")
    assert event.data["ended_by"]["ctx_per_slot"] == 32768
    assert "text/event-stream" in reader.head
    assert running.alerts == []


def test_an_alert_is_seen_at_once_and_told_when_people_are(running: Daemon, log: Path) -> None:
    with Reader(running.url) as reader:
        reader.next()
        append(log, launch(ctx_size=2048, parallel=1))  # not started yet: it may still be excused
        event = reader.next()
        assert event
        assert (event.data["state"], event.data["told"]) == ("firing", None)
        append(log, launch(ctx_size=2048, parallel=1, started=True).splitlines()[1])
        told = reader.next()
        while told and not (told.name and told.data["told"]):  # a comment says that nothing is new
            told = reader.next()

    assert told
    assert told.data["id"] == event.data["id"]


def test_whoever_comes_back_is_told_what_was_missed_and_no_more(running: Daemon, log: Path) -> None:
    with Reader(running.url) as reader:
        first = reader.next()
    assert first
    name = small(log)
    until(lambda: running.alerts)

    with Reader(running.url, last=first.number) as reader:
        event = reader.next()

    assert event
    assert (event.name, event.data["model"]) == ("alert", name)


@pytest.mark.parametrize("last", [0, 7, 2**62])
def test_a_number_of_another_process_gets_everything(running: Daemon, last: int) -> None:
    with Reader(running.url, last=last) as reader:
        event = reader.next()

    assert event
    assert event.name == "snapshot"


def test_the_fifth_stream_is_told_that_we_are_busy_until_one_hangs_up(running: Daemon) -> None:
    with ExitStack() as held:
        readers = [held.enter_context(Reader(running.url)) for _ in range(4)]
        for reader in readers:
            reader.next()
        with Reader(running.url) as fifth:
            assert fifth.head.startswith("HTTP/1.0 503")
        assert running.get("/-/healthy")[0] == 200
        readers[0].socket.shutdown(socket.SHUT_RDWR)

        def is_served() -> bool:
            with Reader(running.url) as again:
                return again.head.startswith("HTTP/1.0 200")

        until(is_served)


_HOG = """
import encodings.idna, os, socket, sys
os.setgid(4321)
os.setuid(4321)
ends = []
def hold():
    end = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    end.sendall(b"GET /api/v1/alerts/stream HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n")
    end.recv(12)
    return end
ends = [hold() for _ in range(4)]
print("held", flush=True)
while True:
    for number, end in enumerate(ends):
        end.settimeout(0.01)
        try:
            while end.recv(65536):
                pass
            ends[number] = hold()
        except TimeoutError:
            pass
"""


def test_one_user_cannot_keep_all_places_from_another(running: Daemon, log: Path) -> None:
    """Though it comes again at once for each place that it loses."""
    need_root()
    command = [sys.executable, "-c", _HOG, running.url.rpartition(":")[2]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as hog:
        try:
            assert hog.stdout
            assert hog.stdout.readline() == "held\n"
            with Reader(running.url) as one, Reader(running.url) as two:
                assert one.next()
                assert two.next()
                name = small(log)
                assert following(one, name, "firing")
                assert following(two, name, "firing")
                with Reader(running.url) as third:
                    assert third.head.startswith("HTTP/1.0 503")
        finally:
            hog.kill()


def test_where_users_cannot_be_told_apart_the_newest_is_served_and_the_oldest_ends() -> None:
    changes = Changes()
    streams = Streams(changes)
    held = [streams.open("", None, lambda: None) for _ in range(4)]
    for one in held:
        assert next(one or iter(()))

    fifth = streams.open("", None, lambda: None)

    assert fifth
    assert list(held[0] or ()) == []
    changes.publish((), {}, ready=True)
    assert [b"snapshot" in next(one or iter(())) for one in (*held[1:], fifth)] == [True] * 4
    for stream in (*held, fifth):
        stream.close() if stream else None
    assert not changes._bells  # noqa: SLF001  # every pipe is closed


def test_head_says_what_it_is_and_ends(running: Daemon) -> None:
    with socket.create_connection(("127.0.0.1", int(running.url.rpartition(":")[2])), timeout=10) as peer:
        peer.sendall(f"HEAD {STREAM} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        answer = b"".join(iter(lambda: peer.recv(4096), b""))

    assert answer.startswith(b"HTTP/1.0 200")
    assert b"text/event-stream" in answer
    assert answer.endswith(b"\r\n\r\n")


def test_another_hosts_name_is_refused(running: Daemon) -> None:
    assert running.get(STREAM, {"Host": "evil.example"})[0] == 403


def test_the_end_of_the_daemon_ends_every_stream_at_once(running: Daemon) -> None:
    with Reader(running.url) as reader:
        reader.next()
        running.process.terminate()

        assert reader.next() is None
    assert running.process.wait(5) == 0


def test_a_restart_is_another_run_with_the_same_alerts(log: Path, tmp_path: Path) -> None:
    small(log)
    seen: list[Event] = []
    for _ in range(2):
        arguments = ["--file", str(log), "--sink", "log", "--state", str(tmp_path / "state")]
        with daemon(arguments) as running:
            until(lambda: running.alerts and running.alerts[0]["told"])
            with Reader(running.url, last=seen[0].number if seen else None) as reader:
                event = reader.next()
            assert event
            seen.append(event)

    first, second = (event.data for event in seen)
    assert first["run"] < second["run"]
    assert [one["id"] for one in first["alerts"]] == [one["id"] for one in second["alerts"]]
    assert [one["told"] for one in first["alerts"]] == [one["told"] for one in second["alerts"]]


@pytest.mark.alone
def test_four_stuck_readers_delay_neither_the_loop_nor_the_api(running: Daemon, log: Path) -> None:
    """They read nothing; what is told meanwhile is more than their sockets hold."""
    quiet = _latency(running, log, 1)
    with ExitStack() as held:
        readers = [held.enter_context(Reader(running.url)) for _ in range(4)]
        for reader in readers:
            reader.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        before = _private(running)
        names = [small(log, number) for number in range(2, 60)]
        until(lambda: _waiting(running) == 4, 30)  # they are stuck indeed
        until(lambda: all(name in running.said for name in names), 60)
        busy = _latency(running, log, 60)
        began = time.monotonic()
        assert running.get("/api/v1/alerts")[0] == 200
        asked = time.monotonic() - began
        grown = _private(running) - before

    assert busy < quiet + 2
    assert asked < 2
    assert grown < 16 << 20, f"{grown >> 20} MiB"  # the alerts themselves and one page of them
    assert "Traceback" not in running.said


def _latency(running: Daemon, log: Path, number: int) -> float:
    """Return the seconds from a launch's line to the line of the alert."""
    began = time.monotonic()
    name = small(log, number)
    until(lambda: name in running.said, 60)
    return time.monotonic() - began


def _private(running: Daemon) -> int:
    """Return its private memory in bytes."""
    rows = Path(f"/proc/{running.process.pid}/smaps_rollup").read_text().splitlines()
    private = (row.split() for row in rows if row.startswith("Private_"))
    return sum(int(row[1]) << 10 for row in private)


def _waiting(running: Daemon) -> int:
    """Return how many of its connections hold bytes that their readers do not take."""
    port = f":{int(running.url.rpartition(':')[2]):04X}"
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1].endswith(port) and row[4] > "00000001" for row in rows)
