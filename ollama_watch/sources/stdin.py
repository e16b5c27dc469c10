"""Standard input as it comes: `docker logs -f ollama 2>&1 | ollama-watchd run -`.

What was logged before comes first, all at once; it is read as history, which tells nothing of its own.
"""

import os
import select
import stat
import time
from collections.abc import Callable

from ollama_watch.model import Line
from ollama_watch.sources.framing import Unframer
from ollama_watch.sources.lines import Splitter
from ollama_watch.sources.position import Position
from ollama_watch.sources.source import Counters

_BLOCK = 1 << 18
_QUIET = 0.5  # s without a line: `docker logs -f` has written what there was
_LONGEST = 10.0  # s after which a pipe that is never quiet is taken to be live


class StandardInput:
    """Lines of one descriptor until its end. Belongs to the loop's thread."""

    def __init__(
        self,
        name: str = "stdin",
        file: int = 0,
        clock: Callable[[], float] = time.time,
        pace: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.counters = Counters()
        self.trouble: str | None = None
        self.caught_up = False
        self.ended = False
        self.position: Position | None = None
        self._file, self._clock, self._pace = file, clock, pace
        self._began = self._heard = pace()
        self._splitter, self._unframer = Splitter(), Unframer()
        self._regular = stat.S_ISREG(os.fstat(file).st_mode)

    def fileno(self) -> int | None:
        return None if self._regular or self.ended else self._file  # epoll takes no regular files

    def read(self) -> list[Line]:
        """Return what has come; the last line need not be finished."""
        if self.ended or not (self._regular or select.select([self._file], [], [], 0)[0]):
            self._notice_quiet()
            return []
        self._heard = self._pace()
        block = os.read(self._file, _BLOCK)
        texts = self._splitter.feed(block) if block else self._splitter.finish()
        now = self._clock()
        whole = (self._unframer.feed(text, self._splitter.count) for text in texts)
        lines = [Line(*found, now) for found in whole if found]
        if not block:
            self.ended, self.trouble = True, "standard input has ended"
        self.counters.bytes += len(block)
        self.counters.lines += len(lines)
        if lines:
            self.counters.last_line_at = now
        return lines

    def _notice_quiet(self) -> None:
        """What is written into a pipe at once is history; a pause says that it has all come."""
        now = self._pace()
        self.caught_up = self.caught_up or now - self._heard >= _QUIET or now - self._began >= _LONGEST

    def close(self) -> None:
        """Leave the descriptor to who opened it."""
