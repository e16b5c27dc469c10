"""One unit's entries in systemd's journal, read through systemd's own library."""

import logging
import select
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

from ollama_watch.model import Line
from ollama_watch.sources import bound, cursors, journalfiles, journalstart
from ollama_watch.sources.batch import Batch, Runs, packed, telling_lines, unpacked
from ollama_watch.sources.bound import History, ask_for
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.intake import Intake
from ollama_watch.sources.position import Position
from ollama_watch.sources.retry import Retry
from ollama_watch.sources.source import Counters

_log = logging.getLogger(__name__)
_SILENT = 20.0  # s: a batch takes some hundredths
_AT_ONCE = 4  # batches that are here already: each turn that begins an alert writes a checkpoint

if TYPE_CHECKING:
    from ollama_watch.sources.aside import Aside


class JournalSource:
    """Entries of a unit, first since its last server start in this boot, then as they come.

    `after`: a place to go on after instead; `whole`: from the oldest entry instead. `aside`: a
    process of its own reads the history, if there can be one. Of its lines only those that may be a launch
    have a cursor of their own, see `bound.History`.
    """

    def __init__(
        self,
        target: SourceConfig,
        *,
        after: Position | None = None,
        whole: bool = False,
        aside: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = target.name
        self.trouble: str | None = None
        self.caught_up = False
        self._target, self._whole = target, whole
        self._intake = Intake(target, after)
        self._ready = select.epoll()  # one descriptor for life, whichever reader is behind it
        self._clock, self._retry = clock, Retry(clock)
        self._reader: Any = None
        self._history: History | None = None  # of the reader; None: all of it has been read
        self._careful = False  # there was an error: no second reader whose own would stop us for ever
        self._roots: frozenset[object] = frozenset()
        self._heard = 0.0  # when the process aside last said something
        self._aside = self._begun(after) if aside else None
        if not self._aside:
            self._opened()

    def fileno(self) -> int | None:
        return None if self._ready.closed else self._ready.fileno()

    @property
    def counters(self) -> Counters:
        return self._intake.counters

    @property
    def position(self) -> Position | None:
        return self._intake.position

    @property
    def state(self) -> tuple[str, int, tuple[object, ...]]:
        return self._intake.state()

    def read(self) -> list[Line]:
        """Return the lines of the next entries that may tell something."""
        return telling_lines(self.take())

    def take(self) -> Runs:
        """Return all that the next entries give; without a journal look for one."""
        if self._aside:
            return self._take_from(self._aside)
        if not self._opened():
            return []
        batch = Batch()
        try:
            if bound.renewed(self._reader) and self._history:
                self._history.close()  # it may not know the files that came
            if self._fill(batch):
                self.caught_up = True
                self._end_history()
            self._retry.worked()
        except OSError as error:
            self._fail(error)
        return self._intake.take(batch)

    def _fill(self, batch: Batch) -> bool:
        if self._history:
            return self._history.read(batch)
        return bound.each(self._reader, batch, self._intake.matches)

    def _end_history(self) -> None:
        if self._history:
            self._history.close()
            self._history = None

    def close(self) -> None:
        if self._aside:
            self._aside.close()
            self._aside = None
        self._let_go()
        self._ready.close()

    # ---- what a process of its own reads

    def _begun(self, after: Position | None) -> "Aside | None":
        if journalfiles.trouble(self._target):
            return None
        from ollama_watch.sources.aside import Aside, can_copy  # noqa: PLC0415  # Linux alone has what it needs

        if not can_copy():
            return None
        try:
            begun = Aside(lambda: _told(self._target, after, whole=self._whole))
        except OSError:  # no more processes, say
            return None
        self._ready.register(begun.fileno(), select.EPOLLIN)
        self._heard = self._clock()
        return begun

    def _take_from(self, other: "Aside") -> Runs:
        """Return what it has read; where it ends, or dies, this process goes on at the last entry."""
        given: Runs = []
        for found in islice(iter(other.read, None), _AT_ONCE):
            runs, state = found
            self._intake.go_on(*state)
            given += unpacked(runs)
        now = self._clock()
        self._heard = now if given else self._heard
        if other.ended or now - self._heard > _SILENT:
            self._ready.unregister(other.fileno())
            died = other.close() if other.ended else f"{now - self._heard:.0f} s without a word"
            if died:
                _log.warning(
                    "%s: the process that read its history: %s; going on without it", self.name, died
                )
            other.close()
            self._aside = None
            return given or self.take()  # nothing else would wake who waits for more
        return given

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
        self._reader = self._another()
        if not self._careful:
            self._history = History(self._reader, self._another, self._intake.matches)
        self._ready.register(self._reader.fileno(), select.EPOLLIN)  # before seeking: no change is missed
        ask_for(self._reader, self._intake.matches.all)
        if self._intake.cursor:
            self._resume(self._reader, self._intake.cursor)
        else:
            self._begin(self._reader)

    def _another(self) -> Any:
        return bound.open_local(self._target.namespace)

    def _begin(self, reader: Any) -> None:
        if self._whole:
            reader.seek_head()
        else:
            whose = None if self._target.unit is None else self._intake.matches.own
            journalstart.seek(reader, self._another, whose)

    def _resume(self, reader: Any, cursor: str) -> None:
        """Stand on the entry at `cursor`, or before the oldest after it if that one was removed."""
        near = journalstart.near(reader, cursor)
        match cursors.fate(cursor, near):
            case "removed":
                self._intake.missed()
                reader.seek_cursor(cursor) if near else reader.seek_head()
            case "foreign":
                self._intake.forget()
                self._begin(reader)

    def _fail(self, error: OSError) -> None:
        self.trouble = f"the journal cannot be read: {error.strerror or error}"
        self._careful = True
        self._let_go()
        self.counters.reopens += 1
        self._retry.failed()

    def _let_go(self) -> None:
        if self._reader is not None:
            with suppress(OSError):
                self._reader.close()
            self._reader = None
        self._end_history()


def _told(target: SourceConfig, after: Position | None, *, whole: bool) -> Iterator[object]:
    """Yield the history a batch at a time, and how far the source is with it."""
    source = JournalSource(target, after=after, whole=whole)
    while not (source.trouble or source.caught_up):
        runs = source.take()
        yield packed(runs), source.state
