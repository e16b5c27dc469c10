"""Standard input as it comes: `docker logs -f ollama 2>&1 | ollama-watchd run -`."""

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


class StandardInput:
    """Lines of one descriptor until its end. Belongs to the loop's thread."""

    def __init__(self, name: str = "stdin", file: int = 0, clock: Callable[[], float] = time.time) -> None:
        self.name = name
        self.counters = Counters()
        self.trouble: str | None = None
        self.caught_up = True  # what came first and what comes now cannot be told apart
        self.ended = False
        self.position: Position | None = None
        self._file, self._clock = file, clock
        self._splitter, self._unframer = Splitter(), Unframer()
        self._regular = stat.S_ISREG(os.fstat(file).st_mode)

    def fileno(self) -> int | None:
        return None if self._regular or self.ended else self._file  # epoll takes no regular files

    def read(self) -> list[Line]:
        """Return what has come; the last line need not be finished."""
        if self.ended or not (self._regular or select.select([self._file], [], [], 0)[0]):
            return []
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

    def close(self) -> None:
        """Leave the descriptor to who opened it."""
