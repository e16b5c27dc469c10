"""One log file that is open: its blocks to lines, and the place to go on from."""

import os
from collections.abc import Iterator
from typing import BinaryIO

from ollama_watch.model import Line
from ollama_watch.sources.framing import Unframer
from ollama_watch.sources.lines import Splitter
from ollama_watch.sources.position import Position
from ollama_watch.sources.rotation import HEAD

BLOCK = 1 << 18  # bytes a turn: enough to be fast, little enough to keep nobody waiting


class OpenLog:
    """A file from `offset` bytes on, which `number` lines stand before. Closes `stream` with itself."""

    def __init__(self, stream: BinaryIO, offset: int = 0, number: int = 0) -> None:
        self._stream = stream
        stream.seek(0)
        self._head = stream.read(min(HEAD, offset)) if offset else b""
        stream.seek(offset)
        self._read = offset
        self._safe = (offset, number)
        self._splitter, self._unframer = Splitter(number, offset), Unframer()

    def block(self) -> bytes:
        """Return what can be read now, at most `BLOCK` bytes; raises OSError."""
        block = self._stream.read(BLOCK)
        if len(self._head) < HEAD:
            self._head += block[: HEAD - len(self._head)]
        self._read += len(block)
        return block

    def lines(self, block: bytes, now: float) -> list[Line]:
        """Return the lines that `block` completes."""
        return list(self._framed(self._splitter.feed(block), now))

    def last(self, now: float) -> list[Line]:
        """Return the unfinished line of a file that nobody writes to any more."""
        return list(self._framed(self._splitter.finish(), now))

    @property
    def position(self) -> Position:
        """Where to go on: an unfinished line is read again from its begin."""
        found = os.fstat(self._stream.fileno())
        offset, number = self._safe
        return Position(
            device=found.st_dev, inode=found.st_ino, head=self._head.hex(), offset=offset, number=number
        )

    def was_cut(self) -> bool:
        """Tell whether the file is shorter than what was read of it, or begins with other bytes."""
        file = self._stream.fileno()
        return os.fstat(file).st_size < self._read or os.pread(file, len(self._head), 0) != self._head

    def is_at(self, found: os.stat_result) -> bool:
        """Tell whether this is the file that `found` describes."""
        here = os.fstat(self._stream.fileno())
        return (here.st_dev, here.st_ino) == (found.st_dev, found.st_ino)

    def close(self) -> None:
        self._stream.close()

    def _framed(self, texts: Iterator[bytes], now: float) -> Iterator[Line]:
        for text in texts:
            if whole := self._unframer.feed(text, self._splitter.count):
                yield Line(*whole, now)
            if not self._unframer.joining:
                self._safe = (self._splitter.offset, self._splitter.count)
