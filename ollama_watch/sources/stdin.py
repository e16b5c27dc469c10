"""Standard input as it comes: `docker logs -f ollama 2>&1 | ollama-watchd run -`.

What was logged before comes first, all at once; it is read as history, which tells nothing of its own.
"""

import logging
import os
import select
import stat
import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial

from ollama_watch.model import Line
from ollama_watch.sources.framing import Unframer
from ollama_watch.sources.jsonl import Jsonl, JsonLines
from ollama_watch.sources.lines import Splitter
from ollama_watch.sources.position import Position
from ollama_watch.sources.source import Counters

_log = logging.getLogger(__name__)
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
        jsonl: Jsonl | None = None,
    ) -> None:
        """`jsonl`: its lines are records, in which the log's lines are."""
        self.name = name
        self.counters = Counters()
        self.trouble: str | None = None
        self.caught_up = False
        self.hosts: dict[str, deque[Line]] = {}  # what they logged and nobody took yet
        self._eof = False
        self.position: Position | None = None
        self._file, self._clock, self._pace = file, clock, pace
        self._began = self._heard = pace()
        self._splitter, self._unframer = Splitter(), Unframer()
        self._json = JsonLines(jsonl, partial(_log.warning, "standard input: %s")) if jsonl else None
        self._regular = stat.S_ISREG(os.fstat(file).st_mode)

    def fileno(self) -> int | None:
        return None if self._regular or self._eof else self._file  # epoll takes no regular files

    def read(self) -> list[Line]:
        """Return what has come; the last line need not be finished."""
        if self._eof or not (self._regular or select.select([self._file], [], [], 0)[0]):
            self._notice_quiet()
            return []
        self._heard = self._pace()
        block = os.read(self._file, _BLOCK)
        texts = self._splitter.feed(block) if block else self._splitter.finish()
        now = self._clock()
        lines = [line for text in texts for line in self._lines(text, now)]
        self.trouble = self._unfit()
        if not block:
            self._eof, self.trouble = True, "standard input has ended"
        self.counters.bytes += len(block)
        for line in lines:
            if line.host:
                self.hosts.setdefault(line.host, deque()).append(line)
        own = [line for line in lines if not line.host]
        self.counters.lines += len(own)
        if own:
            self.counters.last_line_at = now
        return own

    def _lines(self, text: bytes, now: float) -> Iterator[Line]:
        if self._json:
            yield from self._json.feed(text, self._splitter.count, now)
        elif found := self._unframer.feed(text, self._splitter.count):
            yield Line(*found, now)

    def _unfit(self) -> str | None:
        """Return what is wrong with records of which none was of use."""
        if self._json is None:
            return None
        self.counters.malformed = self._json.malformed
        return self._json.complaint if self._json.malformed and not self._json.given else None

    @property
    def ended(self) -> bool:
        """Nothing comes any more, and all that came was taken."""
        return self._eof and not any(self.hosts.values())

    def _notice_quiet(self) -> None:
        """What is written into a pipe at once is history; a pause says that it has all come."""
        now = self._pace()
        self.caught_up = self.caught_up or now - self._heard >= _QUIET or now - self._began >= _LONGEST

    def close(self) -> None:
        """Leave the descriptor to who opened it."""


class HostLines:
    """What one host logs among all that comes on standard input. Belongs to the loop's thread."""

    def __init__(self, name: str, host: str, stdin: StandardInput) -> None:
        self.name = name
        self.counters = Counters()
        self.position: Position | None = None
        self._stdin, self._lines = stdin, stdin.hosts[host]

    @property
    def trouble(self) -> str | None:
        return self._stdin.trouble

    @property
    def caught_up(self) -> bool:
        return self._stdin.caught_up

    @property
    def ended(self) -> bool:
        return self._stdin.ended

    def fileno(self) -> int | None:
        return None  # it is woken with standard input

    def read(self) -> list[Line]:
        """Return what has come."""
        lines = list(self._lines)
        self._lines.clear()
        if lines:
            self.counters.lines += len(lines)
            self.counters.bytes += sum(len(line.text) + 1 for line in lines)
            self.counters.last_line_at = lines[-1].at
        return lines

    def close(self) -> None:
        """There is nothing to let go of."""
