"""The journal of one host among those that were collected: its files one after the other.

Each file is read from its first entry to its last, and the next one after it. A reader over several files at
once would sort their entries by time, and pass over those that come late.
"""

import os
import select
import time
from collections.abc import Callable
from dataclasses import replace

from ollama_watch.model import Line
from ollama_watch.sources import collected
from ollama_watch.sources.batch import Batch, Runs, telling_lines
from ollama_watch.sources.bound import AVAILABLE
from ollama_watch.sources.collected import Collected, HostFile
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.intake import Intake
from ollama_watch.sources.journalheader import header_of
from ollama_watch.sources.onefile import BoundFile, ChildFile, OneFile
from ollama_watch.sources.position import Position
from ollama_watch.sources.retry import Retry
from ollama_watch.sources.source import Counters


class HostJournal:
    """Entries of one unit of one host, from the oldest there is or `after` a place, then as they come.

    Asked again and again: nothing tells of news. `target` says what of a host's entries is wanted; `child`:
    through journalctl even where systemd's library could be used.
    """

    def __init__(
        self,
        target: SourceConfig,
        folder: Collected,
        host: str,
        *,
        after: Position | None = None,
        child: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = target.name
        self.host = host
        self.trouble: str | None = None
        self.caught_up = False
        self._folder, self._intake = folder, Intake(target, after)
        self._ready = select.epoll() if child or not AVAILABLE else None  # for life, whichever child it is
        self._retry = Retry(clock)
        self._file: OneFile | None = None
        self._at: HostFile | None = None  # the file that is, or was last, being read
        self._closed = False

    def fileno(self) -> int | None:
        return None if self._ready is None or self._ready.closed else self._ready.fileno()

    @property
    def counters(self) -> Counters:
        return self._intake.counters

    @property
    def position(self) -> Position | None:
        return self._intake.position

    def read(self) -> list[Line]:
        """Return the lines of the next entries that may tell something."""
        return telling_lines(self.take())

    def take(self) -> Runs:
        """Return all that the next entries give."""
        files = self._folder.hosts.get(self.host, ())  # as of before reading
        batch = Batch()
        try:
            if not self._opened(files) or self._file is None:
                return []
            self._file.read(batch)
            self._retry.worked()
            given = self._intake.take(batch)
            if self._file.at_end:  # a file that had a later one before got no more since
                self._go_on(files)
        except OSError as error:
            given = self._intake.take(batch)
            self._fail(error)
        return given

    def close(self) -> None:
        self._closed = True
        self._let_go()
        if self._ready is not None:
            self._ready.close()

    def _opened(self, files: tuple[HostFile, ...]) -> bool:
        if self._file is not None:
            return True
        if self._closed or not self._retry.due:
            return False
        file = self._first(files)
        if file is None:
            self.trouble = self._folder.trouble or f"no journal of {self.host} in {self._folder.path}"
            self.caught_up = True
            return False
        self._open(file)
        return self._file is not None

    def _first(self, files: tuple[HostFile, ...]) -> HostFile | None:
        """Return the file to go on with: the one that the last entry stands in, else the oldest."""
        if at := self._at:
            same = (one for one in files if one.header.file_id == at.header.file_id)
            return next(same, None) or collected.after(files, at)
        if cursor := self._intake.cursor:
            if file := collected.holding(files, cursor):
                return file
            if files:
                self._intake.missed()
        return files[0] if files else None

    def _open(self, file: HostFile) -> None:
        descriptor = os.open(file.path, os.O_RDONLY | os.O_CLOEXEC)
        header = header_of(descriptor)
        if header is None or header.file_id != file.header.file_id:
            os.close(descriptor)  # renamed in this moment: looked for again
            return
        self._at = replace(file, header=header)
        cursor = self._intake.cursor
        after = cursor if collected.holding((self._at,), cursor) else ""
        if self._ready is None:
            self._file = BoundFile(descriptor, self._intake.matches, after)
        else:
            self._file = ChildFile(descriptor, self._intake.matches, after, self._ready)
        self.trouble = None

    def _go_on(self, files: tuple[HostFile, ...]) -> None:
        """The file has been read to its end: open the next one, or have caught up."""
        following = collected.after(files, self._at) if self._at else None
        if following is None:
            self.caught_up = True
            return
        self._let_go()
        self.counters.reopens += 1
        self._at = following
        self._open(following)

    def _fail(self, error: OSError) -> None:
        self.trouble = f"the journal of {self.host} cannot be read: {error.strerror or error}"
        self._let_go()
        self.counters.reopens += 1
        self._retry.failed()

    def _let_go(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
