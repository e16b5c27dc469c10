"""What is seen survives a kill, and what people hear of is on the disk before."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ollama_watch.app.checkpoint import Checkpoint, read
from ollama_watch.app.config import Config
from ollama_watch.app.deliveries import Deliveries
from ollama_watch.app.keeping import Keeping
from ollama_watch.app.roster import Roster
from ollama_watch.app.store import Store
from ollama_watch.app.watching import Watch
from ollama_watch.app.wiring import file_target
from ollama_watch.sinks.log import Log
from ollama_watch.sinks.outbox import Outbox
from tests.support.checked import SHIPPED
from tests.support.daemon import append
from tests.support.logs import START, launch
from tests.support.wait import until

RULES = {rule.id: rule for rule in SHIPPED}


class Program:
    """All of the daemon that a turn of the loop ends with, on one file."""

    def __init__(self, folder: Path) -> None:
        self.log, self.state = folder / "server.log", folder / "state"
        self.roster = Roster([file_target(self.log)], [], {})
        self.watch = Watch(Config(rules=SHIPPED), self.roster.watched)
        self.watch.following("server.log", live=True)
        self.store, self.box = Store(self.state), Outbox(Log())
        self.deliveries = Deliveries([self.box], {})
        self.keeping = Keeping(self.store, self.watch, self.roster, self.deliveries, time.monotonic)

    def turn(self, *texts: str) -> None:
        """Read what is appended, and let its name be waited for; what was written is not settled yet."""
        append(self.log, *texts)
        (source,) = self.roster.sources
        notices = [one for line in source.read() for one in self.watch.feed("server.log", line)]
        later = [one for wait in (0.0, 1.0) for one in self.watch.tick(time.time() + wait, wait)]
        self.keeping.turn([*notices, *later])

    def close(self) -> None:
        self.box.close()
        self.store.close()
        self.roster.close()


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with closing(Program(tmp_path)) as running:
        running.turn(*START)
        running.keeping.settle()
        yield running


def killed(program: Program, copy: Path) -> Checkpoint:
    """Return what another process would find, were this one killed now."""
    shutil.copytree(program.state, copy)
    with closing(Store(copy)) as store:
        found = store.load(lambda text: read(text, RULES))
    assert found
    return found


def test_what_may_be_seen_is_what_a_process_after_a_kill_knows(program: Program, tmp_path: Path) -> None:
    program.turn(launch(ctx_size=2048, parallel=1, started=True))
    found = killed(program, tmp_path / "copy")

    assert found.book.entries == program.watch.book.entries
    assert [one.alert.id for one in found.undelivered["log"]] == [
        one.alert.id for one in program.deliveries.undelivered["log"]
    ]
    assert found.sources["server.log"].position == program.roster.sources[0].position


def test_people_hear_of_it_when_the_disk_has_it(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    real = os.fsync

    def syncing(file: int) -> None:
        real(file)
        synced.append(program.box.outcomes["sent"])

    monkeypatch.setattr(os, "fsync", syncing)
    program.turn(launch(ctx_size=2048, parallel=1, started=True))
    program.deliveries.collect()
    assert not synced
    assert program.deliveries.waits("log")
    assert program.box.outcomes["sent"] == 0

    program.keeping.settle()
    until(lambda: program.box.outcomes["sent"])
    assert synced == [0, 0]  # the file, and the folder that names it
