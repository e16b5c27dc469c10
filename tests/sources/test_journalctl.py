"""What only the journalctl child can suffer."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ollama_watch.sources.child import Child
from ollama_watch.sources.journalctl import JournalctlSource
from tests.sources.conftest import OLLAMA, Follower
from tests.support.journald import Journald
from tests.support.wait import until

Open = Callable[[str], Follower]


class Clock:
    """Time that passes by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_with(journald: Journald, clock: Clock) -> Iterator[Open]:
    """Return a function that follows through the program of that name."""
    opened: list[Follower] = []

    def open_it(command: str) -> Follower:
        source = lambda: JournalctlSource(OLLAMA, command=command, clock=clock)  # noqa: E731  # shortest so
        opened.append(Follower(journald, source))
        return opened[-1]

    yield open_it
    for follower in opened:
        follower.source.close()


def test_a_child_that_is_killed_is_started_again_after_the_last_entry(
    journald: Journald, open_with: Open, clock: Clock
) -> None:
    follower = open_with("journalctl")
    journald.log(b"one")
    follower.until_last(b"one")
    os.kill(_follower_s_pid(follower), signal.SIGKILL)
    until(lambda: follower.turn() is not None and follower.source.trouble)

    assert follower.source.trouble == "journalctl ended with status -9: it did not say why"
    assert follower.source.counters.reopens == 1
    journald.log(b"two")
    assert follower.turn() == []
    clock.now += 1
    assert follower.until_last(b"two") == [b"one", b"two"]
    assert follower.source.trouble is None


def test_a_child_that_dies_while_it_tells_what_stands_there_is_started_again(
    tmp_path: Path, journald: Journald, open_with: Open, clock: Clock
) -> None:
    journald.log(*(b"%d" % n for n in range(100)))
    once = f'case "$*" in *--reverse*) exit 0;; esac; [ -e {tmp_path}/died ] && exec journalctl "$@"'
    first = 'awk \'BEGIN { RS = ""; ORS = "\\n\\n" } NR <= 30\''
    dies = f'touch {tmp_path}/died; journalctl "$@" | {first}; kill -9 $$'
    follower = open_with(str(_program(tmp_path, f"{once}; {dies}")))
    until(lambda: follower.turn() is not None and follower.source.trouble)

    assert len(follower.lines) == 30
    assert not follower.source.caught_up
    clock.now += 1
    assert follower.catch_up() == [b"%d" % n for n in range(100)]
    assert (follower.source.counters.reopens, follower.source.counters.gaps) == (1, 0)


def test_a_child_that_hangs_before_it_has_told_what_stands_there_is_replaced(
    tmp_path: Path, journald: Journald, open_with: Open, clock: Clock
) -> None:
    journald.log(b"one")
    hangs = f'[ -e {tmp_path}/hung ] && exec journalctl "$@"; touch {tmp_path}/hung; exec sleep 1000'
    follower = open_with(str(_program(tmp_path, f'case "$*" in *--reverse*) exit 0;; esac; {hangs}')))
    until((tmp_path / "hung").exists)
    clock.now = 29.0  # s

    assert follower.turn() == []
    assert follower.source.trouble is None
    clock.now = 31.0
    follower.turn()
    assert follower.source.trouble
    assert follower.source.trouble.endswith("says nothing and does not end")
    clock.now = 33.0
    assert follower.until_last(b"one") == [b"one"]
    assert follower.source.trouble is None


def test_a_child_that_follows_and_hangs_is_replaced_in_the_end(
    journald: Journald, open_with: Open, clock: Clock
) -> None:
    follower = open_with("journalctl")
    journald.log(b"one")
    follower.until_last(b"one")
    os.kill(_follower_s_pid(follower), signal.SIGSTOP)
    journald.log(b"two")
    follower.turn()
    clock.now += 601

    assert follower.until_last(b"two") == [b"one", b"two"]
    assert follower.source.trouble is None
    assert follower.source.counters.reopens == 0


def test_a_search_that_hangs_is_given_up(
    tmp_path: Path, journald: Journald, open_with: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ollama_watch.sources.journalctl._SEARCH", 0.1)
    journald.log(b"one")
    script = 'case "$*" in *--reverse*) exec sleep 1000;; esac; exec journalctl "$@"'

    assert open_with(str(_program(tmp_path, script))).catch_up() == [b"one"]


def test_a_missing_journalctl_is_told(open_with: Open) -> None:
    follower = open_with("/no/such/journalctl")

    assert follower.turn() == []
    assert follower.source.trouble == "/no/such/journalctl cannot be started: No such file or directory"


def test_a_child_that_fails_says_why_and_is_tried_less_and_less(
    tmp_path: Path, open_with: Open, clock: Clock
) -> None:
    tries = tmp_path / "tries"
    script = f'case "$*" in *--reverse*) exit 0;; esac; echo x >>{tries}; echo no luck >&2; exit 3'
    program = _program(tmp_path, script)
    follower = open_with(str(program))
    until(lambda: follower.turn() is not None and follower.source.trouble)

    assert follower.source.trouble == f"{program} ended with status 3: no luck"
    for clock.now in range(60):  # s
        until(lambda: follower.turn() is not None and follower.source.trouble)
    assert tries.read_text().count("x") == 6  # at 0, 1, 3, 7, 15 and 31 s


def test_whatever_the_child_says_the_lines_that_can_be_read_come(tmp_path: Path, open_with: Open) -> None:
    said = [
        b"\n\n",
        _entry(b"__CURSOR=a", b"MESSAGE="),
        _entry(b"__CURSOR=b", b"_TRANSPORT=stdout", b"MESSAGE\n\6\0\0\0\0\0\0\0b\nin\n\xff"),
        _entry(b"__CURSOR=c", b"_TRANSPORT=stdout", b"MESSAGE=first", b"MESSAGE=second"),
        _entry(b"_TRANSPORT=stdout", b"MESSAGE=no cursor"),
        _entry(b"__CURSOR=d", b"_TRANSPORT=stdout", b"MESSAGE=" + b"x" * 3_000_000),
        _entry(b"__CURSOR=e", b"MESSAGE=forged", b"_SYSTEMD_UNIT=other.service"),
        _entry(
            b"__CURSOR=f", b"_TRANSPORT=stdout", b"MESSAGE=last", b"__REALTIME_TIMESTAMP=1700000000500000"
        ),
    ]
    (tmp_path / "said").write_bytes(b"".join(said))
    program = _program(tmp_path, f'case "$*" in *--reverse*|*--follow*) exit 0;; esac; cat {tmp_path}/said')
    follower = open_with(str(program))

    assert follower.catch_up() == [b"b", b"in", b"\xff", b"first", b"last"]
    assert follower.lines[-1].at == 1_700_000_000.5
    assert [line.number for line in follower.lines] == [1, 1, 1, 2, 3]


def test_a_child_that_complains_without_end_is_not_stopped_by_it(tmp_path: Path) -> None:
    program = _program(
        tmp_path, "head -c 1000000 /dev/zero | tr '\\0' . >&2; echo; echo >&2; echo done >&2; echo out"
    )
    child = Child([str(program)])
    said: list[bytes] = []
    with closing(child):
        until(lambda: said.append(child.read()) or child.ended)  # type: ignore[func-returns-value]  # both

    assert b"".join(said) == b"\nout\n"
    assert child.complaint == "done"


def _entry(*fields: bytes) -> bytes:
    return b"".join(field + b"\n" for field in fields) + b"\n"


def _program(folder: Path, script: str) -> Path:
    program = folder / "program"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


def _follower_s_pid(follower: Follower) -> int:
    """Return the pid of the child that follows; the one that tells what stands there comes first."""
    found = until(lambda: follower.turn() is not None and _journalctl())
    assert found
    return found


def _journalctl() -> int | None:
    """Return the pid of a journalctl that follows; it is a child of the thread that started it."""
    for task in Path("/proc/self/task").iterdir():
        for pid in (task / "children").read_text().split():
            if b"--follow" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return int(pid)
    return None
