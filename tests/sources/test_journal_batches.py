"""Whichever way a journal is read, and however many entries at once, it gives the same lines."""

import os
import select
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

import pytest

from ollama_watch.model import Line
from ollama_watch.sources import aside as aside_module
from ollama_watch.sources import batch, bound, entries
from ollama_watch.sources.aside import Aside
from ollama_watch.sources.bound import AVAILABLE
from ollama_watch.sources.journal import JournalSource
from ollama_watch.sources.journalctl import JournalctlSource
from ollama_watch.sources.journals import Journal, journal_pieces
from ollama_watch.sources.position import Position
from tests.sources.conftest import CONFIG, LISTENING, OLLAMA, Follow, Follower
from tests.support.crafted import LATER, craft, line
from tests.support.journald import Journald
from tests.support.need import missing
from tests.support.wait import until

STOPPED, FAILED = b"7ad2d189f7e94e70a38c781354912448", b"d9b373ed55a64feb8242e02dbe79a49c"
DROPPED = b"a596d6fe7bfa4994828e72309e95d61e"


def _said(message_id: bytes, text: bytes, **more: bytes) -> dict[str, bytes]:
    """Return an entry of process 1 about the unit."""
    told = {"_TRANSPORT": b"journal", "_PID": b"1", "UNIT": b"ollama.service"}
    return {**told, "MESSAGE_ID": message_id, "MESSAGE": text, **more}


SUPPRESSED = {
    "_TRANSPORT": b"driver",
    "MESSAGE_ID": DROPPED,
    "MESSAGE": b"Suppressed 5 messages from ollama.service",
    "OBJECT_SYSTEMD_UNIT": b"ollama.service",
    "N_DROPPED": b"5",
}
NAMELESS = {"_TRANSPORT": b"journal", "_SYSTEMD_UNIT": b"ollama.service", "CODE_LINE": b"1"}
ENTRIES: Sequence[tuple[dict[str, bytes], list[tuple[bytes, str]]]] = [
    (line(b"first"), [(b"first", "")]),
    (line(b"one\nof\r\n\nmany\n"), [(b"one", ""), (b"of", ""), (b"many", "")]),
    (_said(STOPPED, b"two\nlines"), [(b"two\nlines", "stopped")]),
    (_said(STOPPED, b"at once again"), [(b"at once again", "stopped")]),
    (line(b"\n"), []),
    (line(b"nul \0 and \xff"), [(b"nul \0 and \xff", "")]),
    (NAMELESS, []),
    (SUPPRESSED, []),
    (line(SUPPRESSED["MESSAGE"]), [(SUPPRESSED["MESSAGE"], "")]),
    (line(b"x" * 70_000), [(b"x" * 70_000, "")]),
    (_said(b"ab" * 16, b"another notice"), []),
    (line(b"another unit's", b"other.service"), []),
    (line(b"a return\r"), [(b"a return", "")]),
    (_said(FAILED, b"the end"), [(b"the end", "failed")]),
    (line(b"last"), [(b"last", "")]),
    (line(b"last"), [(b"last", "")]),
]
WANTED = list(chain.from_iterable(given for _, given in ENTRIES))

Open = Callable[[], Journal]
WAYS: dict[str, Open] = {
    "history": lambda: JournalSource(OLLAMA, whole=True),
    "careful": lambda: _careful(JournalSource(OLLAMA, whole=True)),
    "journalctl": lambda: JournalctlSource(OLLAMA, whole=True),
}


def _careful(source: JournalSource) -> JournalSource:
    """Let each entry be asked what it is, as after an error and where news come."""
    source._end_history()  # noqa: SLF001  # no other way leads there at once
    return source


@pytest.fixture(params=[1, 2, 3, 7, 100])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many entries are read at once."""
    for module in (batch, bound):
        monkeypatch.setattr(module, "BATCH", request.param)
    return int(request.param)


@pytest.fixture(scope="module")
def crafted() -> Iterator[Journald]:
    """Two boots, each with all of the entries."""
    with Journald() as journald:
        told = [entry for entry, _ in ENTRIES]
        craft(journald, told)
        craft(journald, told, boot="cd" * 16, since=LATER, file="system@new.journal")
        yield journald


def _shown(lines: Sequence[Line]) -> list[tuple[bytes, str]]:
    return [(one.text, one.kind) for one in lines]


@pytest.mark.usefixtures("size")
@pytest.mark.parametrize("way", WAYS)
def test_odd_entries_of_two_boots(crafted: Journald, way: str) -> None:
    if way != "journalctl" and not AVAILABLE:
        missing("python3-systemd")
    follower = Follower(crafted, WAYS[way])
    follower.catch_up()
    follower.source.close()

    assert _shown(follower.lines) == WANTED * 2
    assert follower.source.counters.suppressed == 10
    assert follower.source.counters.lines == len(WANTED) * 2
    assert follower.source.counters.bytes == sum(len(text) + 1 for text, _ in WANTED) * 2
    numbers = {one.cursor: one.number for one in follower.lines}
    assert list(numbers.values()) == sorted(set(numbers.values()))


copied = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # there is a thread, see `inside`


@pytest.fixture
def aside(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Aside]]:
    """Return the processes that were begun, whatever threads there are; all have ended with the test."""
    begun: list[Aside] = []

    class Noted(Aside):
        def __init__(self, give: Callable[[], Iterable[object]]) -> None:
            super().__init__(give)
            begun.append(self)

    monkeypatch.setattr(aside_module, "can_copy", lambda: True)
    monkeypatch.setattr(aside_module, "Aside", Noted)
    yield begun
    assert [one.ended for one in begun] == [True]


def _shown_all(follower: Follower) -> object:
    lines, source = follower.lines, follower.source
    told = [(one.text, one.number, one.at, one.kind) for one in lines]
    return told, source.counters, source.position


@copied
@pytest.mark.usefixtures("size")
@pytest.mark.parametrize("killed", [False, True])
def test_a_process_aside_gives_the_same(
    crafted: Journald,
    aside: list[Aside],
    killed: bool,  # noqa: FBT001  # a parameter
) -> None:
    """Where it is killed, this one goes on behind the last entry that it gave."""
    here = Follower(crafted, lambda: JournalSource(OLLAMA, whole=True))
    other = Follower(crafted, lambda: JournalSource(OLLAMA, whole=True, aside=True))
    here.catch_up()
    until(other.turn)
    if killed and not aside[0].ended:
        os.kill(aside[0]._child, signal.SIGKILL)  # noqa: SLF001  # nobody else knows it
    other.catch_up()

    assert _shown_all(other) == _shown_all(here)
    for one in (here, other):
        one.source.close()


@copied
def test_a_process_aside_that_says_nothing_is_given_up(
    crafted: Journald, aside: list[Aside], caplog: pytest.LogCaptureFixture
) -> None:
    now = [0.0]
    follower = Follower(crafted, lambda: JournalSource(OLLAMA, whole=True, aside=True, clock=lambda: now[0]))
    os.kill(aside[0]._child, signal.SIGSTOP)  # noqa: SLF001  # nobody else knows it
    follower.turn()
    now[0] = 21.0
    follower.catch_up()
    follower.source.close()

    assert _shown(follower.lines) == WANTED * 2
    assert "the process that read its history: 21 s without a word; going on without it" in caplog.text


@copied
@pytest.mark.usefixtures("size", "aside")
def test_who_waits_for_its_descriptor_waits_for_all_of_the_history(crafted: Journald) -> None:
    """The loop asks again without a ring only where something came."""
    follower = Follower(crafted, lambda: JournalSource(OLLAMA, whole=True, aside=True))
    while not follower.source.caught_up:
        if not follower.turn() and not follower.source.caught_up:
            assert select.select([follower.source.fileno() or -1], [], [], 30)[0]
    follower.source.close()

    assert _shown(follower.lines) == WANTED * 2


@copied
def test_a_process_aside_goes_on_after_a_place(crafted: Journald, aside: list[Aside]) -> None:
    position = Position(cursor="none", number=7)
    follower = Follower(crafted, lambda: JournalSource(OLLAMA, after=position, whole=True, aside=True))
    follower.catch_up()
    follower.source.close()

    assert _shown(follower.lines) == WANTED * 2
    assert follower.lines[0].number == 8
    assert len(aside) == 1


@copied
@pytest.mark.usefixtures("size", "aside")
def test_check_reads_the_same(crafted: Journald) -> None:
    def read() -> list[tuple[bytes, str]]:
        pieces = list(journal_pieces())
        texts = [(piece, piece.read(0, piece.length).split(b"\n")[:-1]) for piece in pieces]
        return [
            (one.text, one.kind)
            for piece, lines in texts
            for one in piece.lines or map(piece.line, lines, range(piece.number, piece.number + len(lines)))
        ]

    assert crafted.inside(read) == WANTED * 2


@pytest.mark.usefixtures("every_cursor")
@pytest.mark.parametrize("at", range(0, 2 * len(WANTED), 5))
def test_whoever_stops_anywhere_goes_on_there(crafted: Journald, follow: Follow, at: int) -> None:
    whole = follow(crafted, whole=True)
    whole.catch_up()
    last = whole.lines[at]
    rest = follow(crafted, after=Position(cursor=last.cursor, number=last.number))
    rest.catch_up()

    after = [one for one in whole.lines if one.number > last.number]
    assert [(one.text, one.number, one.at, one.cursor) for one in rest.lines] == [
        (one.text, one.number, one.at, one.cursor) for one in after
    ]


def test_a_run_of_the_unit_is_read_from_its_begin(journald: Journald, follow: Follow) -> None:
    """It is found without reading backwards all that the run has logged."""
    if not AVAILABLE:
        missing("python3-systemd")
    before, now = {"_SYSTEMD_INVOCATION_ID": b"1" * 32}, {"_SYSTEMD_INVOCATION_ID": b"2" * 32}
    runs = [
        *(line(text, **before) for text in (CONFIG, LISTENING, b"before")),
        *(line(text, **now) for text in (b"wrapper", CONFIG, LISTENING, b"a", LISTENING, b"b")),
    ]
    craft(journald, runs, boot=entries.boot())
    journald.log(b"of another unit", unit="other.service")
    follower = Follower(journald, lambda: JournalSource(OLLAMA))

    assert follower.catch_up() == [CONFIG, LISTENING, b"a", LISTENING, b"b"]
    follower.source.close()


def test_a_run_whose_begin_is_not_there_any_more_is_read_from_this_boot_on(
    journald: Journald, follow: Follow
) -> None:
    craft(journald, [line(b"a", _SYSTEMD_INVOCATION_ID=b"2" * 32)], boot=entries.boot())
    journald.log(b"of another unit", unit="other.service")

    assert follow(journald).catch_up() == [b"a"]
