"""A log file that is being written: followed through growth, rename, truncation and absence.

At the end of what can be read, the name is held against the descriptor: another inode means rotated (the old
file is read to its end once more, then the new one from its start), other first bytes or a shorter file mean
truncated (from the start again). A missing file is one that is not there yet.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

from ollama_watch.model import Line
from ollama_watch.sources.lines import Splitter
from ollama_watch.sources.source import Counters

_BLOCK = 1 << 18  # bytes a turn: enough to be fast, little enough to keep nobody waiting
_BLOCKS = 256  # a turn, at most
_HEAD = 256  # first bytes that tell a file from another that took its place


class FileSource:
    """Lines of one path, first what stands there, then what is appended. Belongs to the loop's thread."""

    def __init__(self, name: str, path: Path, clock: Callable[[], float] = time.time) -> None:
        self.name, self.path = name, path
        self.counters = Counters()
        self.trouble: str | None = None
        self.caught_up = False
        self._clock = clock
        self._file: int | None = None
        self._offset = 0
        self._head = b""
        self._splitter = Splitter()
        self._opened = False  # ever

    def fileno(self) -> int | None:
        return None  # a file is always readable; inotify rings the bell instead

    def read(self) -> list[Line]:
        """Return the lines of the next block; at the end of the file look where it went."""
        if self._file is None and not self._open():
            self.caught_up = True
            return []
        self._notice_truncation()
        for _ in range(_BLOCKS):  # more than one only inside a line that does not end
            if not (block := self._block()):
                break
            if lines := self._lines(block):
                return lines
        lines = self._moved_on()
        self.caught_up = self.caught_up or not lines
        return lines

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self) -> bool:
        try:
            self._file = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            self.trouble = f"{self.path}: {error.strerror}"
            return False
        self.trouble = None
        if self._opened:
            self.counters.reopens += 1
        self._opened = True
        self._from_start()
        return True

    def _from_start(self) -> None:
        self._offset, self._head, self._splitter = 0, b"", Splitter()

    def _block(self) -> bytes:
        if self._file is None:
            return b""
        try:
            return os.pread(self._file, _BLOCK, self._offset)
        except OSError as error:  # a directory, a network file system that went away
            self.trouble = f"{self.path}: {error.strerror}"
            self.close()
            return b""

    def _lines(self, block: bytes) -> list[Line]:
        now = self._clock()
        if not block:
            return []
        if len(self._head) < _HEAD:
            self._head += block[: _HEAD - len(self._head)]
        self._offset += len(block)
        lines = [Line(text, self._splitter.count, now) for text in self._splitter.feed(block)]
        self.counters.bytes += len(block)
        self.counters.lines += len(lines)
        if lines:
            self.counters.last_line_at = now
        return lines

    def _notice_truncation(self) -> None:
        """Begin anew if the file is shorter than what was read of it, or begins with other bytes."""
        file = self._file
        if file is None:
            return
        if os.fstat(file).st_size < self._offset or os.pread(file, len(self._head), 0) != self._head:
            self.counters.reopens += 1
            self._from_start()

    def _moved_on(self) -> list[Line]:
        """Nothing more can be read: follow the name, if it means another file by now."""
        try:
            there = self.path.stat()
        except OSError as error:
            self.trouble = f"{self.path}: {error.strerror}"
            return []
        if self._file is None:
            return []
        here = os.fstat(self._file)
        if (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino):
            self.trouble = None
            return []
        if block := self._block():  # written between our last read and the rename
            return self._lines(block)
        lines = self._last()
        self.close()
        self._open()
        return lines + self._lines(self._block())

    def _last(self) -> list[Line]:
        """Return the unfinished line of a file that nobody writes to any more."""
        return [Line(text, self._splitter.count, self._clock()) for text in self._splitter.finish()]
