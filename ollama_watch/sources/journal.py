# ruff: noqa: SLF001  # the reader's low-level calls are ten times as fast as its iterator
"""One unit's entries in systemd's journal, read through systemd's own library."""

import select
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from ollama_watch.model import Line
from ollama_watch.sources import cursors, entries, journalfiles
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.intake import Intake
from ollama_watch.sources.lines import MOST
from ollama_watch.sources.position import Position
from ollama_watch.sources.retry import Retry
from ollama_watch.sources.source import BATCH, Counters

try:
    from systemd import journal as binding
except ImportError:  # an optional dependency: it needs libsystemd
    binding = None
AVAILABLE = binding is not None
_AND_THE_DEFAULT = 1 << 6  # SD_JOURNAL_INCLUDE_DEFAULT_NAMESPACE: what systemd says of any unit is there


class JournalSource:
    """Entries of a unit, first since its last server start in this boot, then as they come.

    `after`: a place to go on after instead; `whole`: from the oldest entry instead.
    """

    def __init__(
        self,
        target: SourceConfig,
        *,
        after: Position | None = None,
        whole: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = target.name
        self.trouble: str | None = None
        self.caught_up = False
        self._target, self._whole = target, whole
        self._intake = Intake(target, after)
        self._ready = select.epoll()  # one descriptor for life, whichever reader is behind it
        self._retry = Retry(clock)
        self._reader: Any = None
        self._roots: frozenset[object] = frozenset()
        self._opened()

    def fileno(self) -> int | None:
        return None if self._ready.closed else self._ready.fileno()

    @property
    def counters(self) -> Counters:
        return self._intake.counters

    @property
    def position(self) -> Position | None:
        return self._intake.position

    def read(self) -> list[Line]:
        """Return the lines of the next `BATCH` entries; without a journal look for one."""
        if not self._opened():
            return []
        given: list[Line] = []
        try:
            self._reader.process()  # takes in new, rotated and removed files; quiets the descriptor
            for _ in range(BATCH):
                if not self._reader._next():
                    self.caught_up = True
                    break
                given += self._entry(self._reader)
            self._retry.worked()
        except OSError as error:
            self._fail(error)
        self._intake.count(given)
        return given

    def close(self) -> None:
        self._let_go()
        self._ready.close()

    def _opened(self) -> bool:
        roots = journalfiles.roots()
        if self._reader is not None:
            if roots == self._roots:
                return True
            self._let_go()  # journald went over to the disk, say: a root that was not there is not watched
            self.counters.reopens += 1
        if self._ready.closed or not self._retry.due:
            return False
        self.trouble = journalfiles.trouble(self._target)
        if self.trouble is not None:
            self.caught_up = True
            return False
        try:
            self._open()
        except OSError as error:
            self._fail(error)
            return False
        self._roots = roots
        return True

    def _open(self) -> None:
        flags = binding.LOCAL_ONLY | (_AND_THE_DEFAULT if self._target.namespace else 0)
        self._reader = binding.Reader(flags, namespace=self._target.namespace)
        self._reader.data_threshold = MOST
        self._ready.register(self._reader.fileno(), select.EPOLLIN)  # before seeking: no change is missed
        ask_for(self._reader, self._intake.matches)
        if self._intake.cursor:
            self._resume(self._reader, self._intake.cursor)
        else:
            self._begin(self._reader)

    def _begin(self, reader: Any) -> None:
        if self._whole:
            reader.seek_head()
        else:
            self._seek_start(reader)

    def _resume(self, reader: Any, cursor: str) -> None:
        """Stand on the entry at `cursor`, or before the oldest after it if that one was removed."""
        near = _near(reader, cursor)
        match cursors.fate(cursor, near):
            case "removed":
                self._intake.missed()
                reader.seek_cursor(cursor) if near else reader.seek_head()
            case "foreign":
                self._intake.forget()
                self._begin(reader)

    def _seek_start(self, reader: Any) -> None:
        """Stand before the first entry of the last server start, else of this boot.

        Never at the tail: in a journal without a matching entry that would lose the first burst.
        """
        reader.seek_tail()
        if start := entries.last_start(_backwards(reader, entries.boot())):
            reader.seek_cursor(start)

    def _entry(self, reader: Any) -> list[Line]:
        return self._intake.take(partial(field, reader), reader._get_cursor(), reader._get_realtime() / 1e6)

    def _fail(self, error: OSError) -> None:
        self.trouble = f"the journal cannot be read: {error.strerror or error}"
        self._let_go()
        self.counters.reopens += 1
        self._retry.failed()

    def _let_go(self) -> None:
        if self._reader is not None:
            with suppress(OSError):
                self._reader.close()
            self._reader = None


def _backwards(reader: Any, boot: str) -> Iterator[tuple[bytes, Callable[[], str]]]:
    """Yield the entries of this boot from the newest; then stand before its first."""
    this = bytes.fromhex(boot)
    while reader._previous():
        if this and reader._get_monotonic()[1] != this:
            return
        yield field(reader, "MESSAGE"), reader._get_cursor
    reader.seek_head()


def _near(reader: Any, cursor: str) -> str:
    """Return the cursor of the entry at `cursor`, else of the next one, else of the newest; stand on it."""
    if cursors.is_one(cursor):
        reader.seek_cursor(cursor)
        if reader._next():
            return str(reader._get_cursor())
    reader.seek_tail()
    return str(reader._get_cursor()) if reader._previous() else ""


def open_file(path: str) -> Any:
    """Return a reader of one file; raises OSError."""
    reader = binding.Reader(files=[path])
    reader.data_threshold = MOST
    return reader


def ask_for(reader: Any, matches: entries.Matches) -> None:
    """Let a reader give what matches, and nothing else."""
    for match in matches.all:
        for one in match:
            reader.add_match(one)
        reader.add_disjunction()


def field(reader: Any, name: str) -> bytes:
    try:
        return bytes(reader._get(name))
    except KeyError:
        return b""
