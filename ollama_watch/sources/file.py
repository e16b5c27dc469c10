"""A log file that is being written: followed through growth, rename, truncation and absence.

At the end of what can be read, the name is held against the descriptor: another inode means rotated (the old
file is read to its end once more, then what was rotated after it, then the new one from its start), other
first bytes or a shorter file mean truncated (from the start again). A missing file is one that is not there
yet.
"""

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

from ollama_watch.model import Line
from ollama_watch.sources.openlog import OpenLog
from ollama_watch.sources.position import Position
from ollama_watch.sources.rotation import BROKEN, Rest, is_same, open_log, rests
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
        self._live = False  # `_log` is the file that has the name, not a rotated one
        self._position = after
        self._rests: deque[Rest] = deque(rests(path, after) if after else ())
        self._opened = False  # ever

    def fileno(self) -> int | None:
        return None  # a file is always readable; inotify rings the bell instead

    @property
    def position(self) -> Position | None:
        """Return where to go on after a restart; None: nothing was read yet."""
        return self._log.position if self._log else self._position

    def read(self) -> list[Line]:
        """Return the lines of the next block; at the end of the file look where it went."""
        if self._log is None and not self._open():
            self.caught_up = True
            return []
        if self._live and self._log and self._log.was_cut():
            self._reopen()
        for _ in range(_BLOCKS):  # more than one only inside a line that does not end
            block, lines = self._block()
            if lines:
                return lines
            if not block:
                break
        lines = self._moved_on()
        self.caught_up = self.caught_up or (self._live and not lines) or self._log is None
        return lines

    def close(self) -> None:
        if self._log:
            self._position = self._log.position
            self._log.close()
            self._log = None

    def _open(self) -> bool:
        """Open what is to be read next: a rotated file, else the one that has the name."""
        while self._rests:
            rest = self._rests.popleft()
            with suppress(*BROKEN):
                self._log = OpenLog(open_log(rest.path), rest.offset, rest.number)
                self._live, self._position = False, None
                return True
        after, self._position = self._position, None
        try:
            stream = self.path.open("rb", buffering=0)
            goes_on = after is not None and is_same(self.path, after)
            place = (after.offset, after.number) if after and goes_on else (0, 0)
            self._log = OpenLog(cast(BinaryIO, stream), *place)
        except OSError as error:
            self.trouble, self._position = f"{self.path}: {error.strerror}", after
            return False
        self._live, self.trouble = True, None
        self.counters.reopens += self._opened
        self._opened = True
        return True

    def _reopen(self) -> None:
        """The file that we hold was cut: what it lost may stand in a copy; then it begins anew."""
        if self._log:
            self._rests.extend(rests(self.path, self._log.position))
            self._log.close()
            self._log = None
        self._open()

    def _block(self) -> tuple[bytes, list[Line]]:
        if self._log is None:
            return b"", []
        try:
            block = self._log.block()
        except BROKEN as error:  # a directory, a file system that went away, a broken archive
            self.trouble = f"{self.path}: {getattr(error, 'strerror', None) or error}"
            self.close()
            return b"", []
        self.counters.bytes += len(block)
        return block, self._count(self._log.lines(block, self._clock()))

    def _count(self, lines: list[Line]) -> list[Line]:
        self.counters.lines += len(lines)
        if lines:
            self.counters.last_line_at = lines[-1].at
        return lines

    def _moved_on(self) -> list[Line]:
        """Nothing more can be read: follow the name, if it means another file by now."""
        if self._log is None:
            return []
        if self._live:
            try:
                there = self.path.stat()
            except OSError as error:
                self.trouble = f"{self.path}: {error.strerror}"
                return []
            if self._log.is_at(there):
                self.trouble = None
                return []
            block, lines = self._block()
            if block:  # written between our last read and the rename
                return lines
        return self._next()

    def _next(self) -> list[Line]:
        """Leave a file that nobody writes to any more, and go on with the next."""
        if self._log is None:
            return []
        lines = self._count(self._log.last(self._clock()))
        if self._live:
            newer = rests(self.path, self._log.position)[1:]  # the first is the one that we have just read
            self._rests.extend(newer)
        self._log.close()
        self._log = None
        self._open()
        return lines + self._block()[1]
