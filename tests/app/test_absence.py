"""A runner that ends is missed where its process was seen, and nowhere else."""

import os
import signal
from dataclasses import replace
from pathlib import Path

from ollama_watch.app.absence import Absence
from ollama_watch.app.reading import Reading
from ollama_watch.model import Line
from ollama_watch.sources.processes import argv
from ollama_watch.state.record import Record
from tests.support.logs import DIGEST, launch
from tests.support.served import served
from tests.support.wait import until

BLOB = f"/usr/share/ollama/.ollama/models/blobs/sha256-{DIGEST}"
TIME = [0.0]  # s
PORT = 20000 + os.getpid() % 10000  # nobody else's runner is taken for one of ours
RUNNER = f"/usr/bin/ollama runner --model {BLOB} --port"


def told(*ports: int, source: str = "server.log", started: bool = True) -> Reading:
    """Return what a log told of one launch a port."""
    reading = Reading(source)
    for number, port in enumerate(ports):
        digest = DIGEST if not number else f"{number:064}"
        for text in launch(ctx_size=4096, parallel=1, digest=digest, port=port, started=started).split("\n"):
            reading.feed(Line(text.encode(), 1, 0.0))
    return reading


def look(absence: Absence, alive: list[Record]) -> list[tuple[str, int]]:
    """Look whenever that is due."""
    TIME[0] += 10
    return absence.look(alive, TIME[0])


def end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    until(lambda: not argv(pid))


def test_one_that_ran_and_does_not_run_any_more_is_missed(tmp_path: Path) -> None:
    alive = told(PORT).fleet.runners
    absence = Absence()
    with served(tmp_path, f"{RUNNER} {PORT}") as server:
        assert look(absence, alive) == []
        end(server.runners[0])

        assert look(absence, alive) == [("server.log", 0)]
        assert look(absence, alive) == [("server.log", 0)]  # until it is known


def test_a_new_launch_is_looked_for_at_once_and_the_others_now_and_then(tmp_path: Path) -> None:
    """One that is never seen is given up."""
    alive = told(PORT).fleet.runners
    absence = Absence()
    with served(tmp_path, f"{RUNNER} {PORT}") as server:
        assert absence.look([], 0.0) == []
        assert absence.look(alive, 0.1) == []
        end(server.runners[0])

        assert absence.look(alive, 4.0) == []
        assert absence.look(alive, 6.0) == [("server.log", 0)]

    absence = Absence()
    for _ in range(20):
        look(absence, alive)
    (tmp_path / "late").mkdir()
    with served(tmp_path / "late", f"{RUNNER} {PORT}") as server:
        look(absence, alive)
        end(server.runners[0])
        assert look(absence, alive) == []


def test_one_that_was_never_seen_is_not(tmp_path: Path) -> None:
    """Its log may be of another machine: another port, another model, another source of the same."""
    one, two, both = told(PORT + 1).fleet.runners, told(40009, PORT).fleet.runners, told(PORT).fleet.runners
    twins = [*both, *(replace(other, source="copy.log") for other in both)]
    found = []
    with served(tmp_path, f"{RUNNER} {PORT}") as server:
        seen = [(Absence(), alive) for alive in (one, two, twins)]
        found += [look(absence, alive) for absence, alive in seen]
        end(server.runners[0])
        found += [look(absence, alive) for absence, alive in seen]

    assert found == [[]] * 6


def test_one_whose_process_is_another_by_now_is_not_missed(tmp_path: Path) -> None:
    """A wrapper may have started it anew under the same port."""
    alive = told(PORT).fleet.runners
    absence = Absence()
    with served(tmp_path, f"{RUNNER} {PORT}", f"{RUNNER} {PORT} --mlock") as server:
        assert look(absence, alive) == []
        for pid in server.runners[:1]:
            end(pid)
            assert look(absence, alive) == []
        end(server.runners[1])

        assert look(absence, alive) == [("server.log", 0)]


def test_where_processes_cannot_be_read_nothing_is_missed(tmp_path: Path) -> None:
    """Not even our own is there: that says nothing of the others."""
    proc = tmp_path / "proc"
    (proc / "7").mkdir(parents=True)
    (proc / str(os.getpid())).mkdir()
    words = f"{RUNNER} {PORT}".encode().replace(b" ", b"\0")
    for pid in (7, os.getpid()):
        (proc / str(pid) / "cmdline").write_bytes(words if pid == 7 else b"python\0")
    alive = told(PORT).fleet.runners
    absence = Absence(proc)
    assert look(absence, alive) == []

    (proc / "7" / "cmdline").unlink()
    (proc / str(os.getpid()) / "cmdline").rename(tmp_path / "kept")
    assert look(absence, alive) == []
    (tmp_path / "kept").rename(proc / str(os.getpid()) / "cmdline")
    assert look(absence, alive) == [("server.log", 0)]


def test_what_has_not_started_the_log_tells_of(tmp_path: Path) -> None:
    reading = told(PORT, started=False)
    (record,) = reading.fleet.runners

    assert reading.vanished(record.index) == []
    assert isinstance(reading.fleet.pending, Record)


def test_it_looks_after_a_change_and_now_and_then() -> None:
    absence = Absence()
    assert absence.due(0.0, 1)
    absence.look([], 0.0)

    assert not absence.due(0.1, 1)
    assert absence.due(0.2, 2)
    assert not absence.due(0.3, 2)
    assert absence.due(5.0, 2)
