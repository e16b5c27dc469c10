"""A log file that is being written: followed through growth, rename, truncation and absence.

At the end of what can be read, the name is held against the descriptor: another inode means rotated (the old
file is read to its end once more, then what was rotated after it, then the new one from its start), other
first bytes or a shorter file mean truncated (from the start again). A missing file is one that is not there
yet.
"""

import time
from collections.abc import Callable
from pathlib import Path

from ollama_watch.model import Line
from ollama_watch.sources.batch import Runs, telling_lines
from ollama_watch.sources.openlog import OpenLog
from ollama_watch.sources.position import Position
from ollama_watch.sources.rotation import BROKEN, Found, find
from ollama_watch.sources.source import Counters

_BLOCKS = 256  # a turn, at most


class FileSource:
    """Lines of one path, first what stands there, then what is appended. Belongs to the loop's thread.

    `after`: go on where an earlier process stopped, rotated files first.
    """

    def __init__(
        self,
        name: str,
        path: Path,
        clock: Callable[[], float] = time.time,
        after: Position | None = None,
    ) -> None:
        self.name, self.path = name, path
        self.counters = Counters()
        self.trouble: str | None = None
        self.caught_up = False
        self._clock = clock
        self._log: OpenLog | None = None
        self._position = after
        self._done = False  # the file of `_position` gives no more
        self._given = False  # anything of the last file that had the name

    def fileno(self) -> int | None:
        return None  # a file is always readable; inotify rings the bell instead

    @property
    def position(self) -> Position | None:
        """Return where to go on after a restart; None: nothing was read yet."""
        return self._log.position if self._log else self._position

    def read(self) -> list[Line]:
        """Return the lines of the next block that may tell something."""
        return telling_lines(self.take())

    def take(self) -> Runs:
        """Return the next block; at the end of the file look where it went."""
        if self._log is None and not self._open():
            self.caught_up = True
            return []
        if self._log and self._log.live and self._log.was_cut():
            self.close()  # what it lost may stand in a copy
            self._open()
        for _ in range(_BLOCKS):  # more than one only inside a line that does not end
            block, runs = self._block()
            if runs:
                return runs
            if not block:
                break
        else:
            return []  # the rest in the next turn
        runs = self._moved_on()
        self.caught_up = self.caught_up or self._log is None or (self._log.live and not runs)
        return runs

    def close(self) -> None:
        if self._log:
            self._position = self._log.position
            self._log.close()
            self._log = None

    def _open(self) -> bool:
        """Open what is to be read next: a rotated file, else the one that has the name."""
        for done in (self._done, True):  # a packed file may be broken before our place in it
            try:
                found = find(self.path, self._position, done=done)
            except OSError as error:
                self.trouble = f"{self.path}: {error.strerror or error}"
                return False
            if self._use(found):
                return True
        return False

    def _use(self, found: Found) -> bool:
        try:
            self._log = OpenLog(found)
        except BROKEN:
            found.stream.close()
            return False
        self._done = False
        if found.live:
            self.trouble = None
            self.counters.reopens += self._given
            self._given = False
        return True

    def _block(self) -> tuple[bytes, Runs]:
        if self._log is None:
            return b"", []
        try:
            block = self._log.block()
        except BROKEN as error:  # a directory, a file system that went away, a broken archive
            self.trouble = f"{self.path}: {getattr(error, 'strerror', None) or error}"
            self._done = not self._log.live
            self.close()
            return b"", []
        self._given = self._given or bool(block)
        self.counters.bytes += len(block)
        now = self._clock()
        runs, count = self._log.runs(block, now)
        self._count(count, now)
        return block, runs

    def _count(self, lines: int, now: float) -> None:
        self.counters.lines += lines
        if lines:
            self.counters.last_line_at = now

    def _moved_on(self) -> Runs:
        """Nothing more can be read: follow the name, if it means another file by now."""
        if self._log is None:
            return []
        if self._log.live:
            try:
                there = self.path.stat()
            except OSError as error:
                self.trouble = f"{self.path}: {error.strerror}"
                return []
            if self._log.is_at(there):
                self.trouble = None
                return []
            if self._log.was_cut():  # and then renamed: the next turn sees to it
                return []
            block, runs = self._block()
            if block:  # written between our last read and the rename
                return runs
        return self._next()

    def _next(self) -> Runs:
        """Leave a file that nobody writes to any more, if there is another one to go on with."""
        if self._log is None:
            return []
        left = self._log
        try:
            found = find(self.path, left.position, done=True)
        except OSError as error:
            self.trouble, self.caught_up = f"{self.path}: {error.strerror or error}", True
            return []
        if not self._use(found):
            return []
        now = self._clock()
        lines = left.last(now)
        self._count(len(lines), now)
        left.close()
        if self._log:
            self._log.unframer = left.unframer  # a container runtime may cut a line between two files
        return [*([lines] if lines else []), *self._block()[1]]
