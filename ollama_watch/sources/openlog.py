"""One log file that is open: its blocks to lines, and the place to go on from."""

import os
from collections.abc import Iterator
from pathlib import Path

from ollama_watch.model import Line
from ollama_watch.sources.batch import Run, Runs
from ollama_watch.sources.framing import SIGNS, Unframer
from ollama_watch.sources.lines import Splitter
from ollama_watch.sources.position import Position
from ollama_watch.sources.rotation import HEAD, Found

BLOCK = 1 << 18  # bytes a turn: enough to be fast, little enough to keep nobody waiting
_MANY = 2000  # bytes of whole lines from which on they are searched all at once


class OpenLog:
    """A file that is being read. Closes its stream with itself."""

    def __init__(self, found: Found) -> None:
        """Go on at the place that was found; raises what `BROKEN` names."""
        self.live = found.live
        self._stream = stream = found.stream
        offset, number = found.offset, found.number
        self._path = _path(stream.fileno())
        self._modified = os.fstat(stream.fileno()).st_mtime_ns
        stream.seek(0)
        self._head = stream.read(min(HEAD, offset)) if offset else b""
        stream.seek(offset)
        self._read = offset
        self._safe = (offset, number)
        self._splitter, self.unframer = Splitter(number, offset), Unframer()

    def block(self) -> bytes:
        """Return what can be read now, at most `BLOCK` bytes; nothing if the file was cut; raises OSError."""
        modified = os.fstat(self._stream.fileno()).st_mtime_ns
        block = self._stream.read(BLOCK)
        if block and self.live and self.was_cut():
            return b""  # it may stand in the midst of a line of what was written since
        self._modified = modified
        if len(self._head) < HEAD:
            self._head += block[: HEAD - len(self._head)]
        self._read += len(block)
        return block

    def runs(self, block: bytes, now: float) -> tuple[Runs, int]:
        """Return the lines that `block` completes, and how many they are."""
        begun, newline, rest = block.partition(b"\n")
        lines = list(self._framed(self._splitter.feed(begun + newline), now))
        whole = rest[: rest.rfind(b"\n") + 1]
        if len(whole) < _MANY or self.unframer.joining or any(sign in whole for sign in SIGNS):
            lines += self._framed(self._splitter.feed(rest), now)
            return ([lines] if lines else []), len(lines)
        number, count = self._splitter.count + 1, whole.count(b"\n")
        self._splitter.skip(whole, count)
        self._safe = (self._splitter.offset, self._splitter.count)
        list(self._splitter.feed(rest[len(whole) :]))  # the begin of a line
        if lines and b"\n" not in lines[0].text:
            whole, number, lines = lines[0].text + b"\n" + whole, number - 1, []
        every = self._splitter.count + 1 - number
        run = Run(whole, number, [now] * every, [""] * every)
        return ([lines, run] if lines else [run]), count + 1

    def last(self, now: float) -> list[Line]:
        """Return the unfinished line of a file that nobody writes to any more."""
        return list(self._framed(self._splitter.finish(), now))

    @property
    def position(self) -> Position:
        """Where to go on: an unfinished line is read again from its begin."""
        found = os.fstat(self._stream.fileno())
        offset, number = self._safe
        return Position(
            device=found.st_dev,
            inode=found.st_ino,
            head=self._head.hex() if self._is_telling() else "",
            offset=offset,
            number=number,
            modified=self._modified,
            path=self._path,
        )

    def _is_telling(self) -> bool:
        """Tell whether the first bytes are enough to know the file by: a date alone begins others too."""
        return len(self._head) == HEAD or b"\n" in self._head

    def was_cut(self) -> bool:
        """Tell whether the file is shorter than what was read of it, or begins with other bytes.

        One that nothing was read of may have been written, copied and cut if it has changed at all; what
        was deleted can only be read here.
        """
        file = self._stream.fileno()
        found = os.fstat(file)
        if not self._read:
            return found.st_mtime_ns != self._modified and found.st_nlink > 0
        return found.st_size < self._read or os.pread(file, len(self._head), 0) != self._head

    def is_at(self, found: os.stat_result) -> bool:
        """Tell whether this is the file that `found` describes."""
        here = os.fstat(self._stream.fileno())
        return (here.st_dev, here.st_ino) == (found.st_dev, found.st_ino)

    def close(self) -> None:
        self._stream.close()

    def _framed(self, texts: Iterator[bytes], now: float) -> Iterator[Line]:
        for text in texts:
            if whole := self.unframer.feed(text, self._splitter.count):
                yield Line(*whole, now)
            if not self.unframer.joining:
                self._safe = (self._splitter.offset, self._splitter.count)


def _path(file: int) -> str:
    try:
        return str(Path(f"/proc/self/fd/{file}").readlink())
    except OSError:
        return ""
