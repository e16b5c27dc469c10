# ruff: noqa: SLF001  # the reader's low-level calls are ten times as fast as its iterator
"""The entries of one journal file, by whichever way there is to read it; it may still be written to.

No way asks the kernel for news: with hundreds of hosts that would take an inotify instance each, and a user
has 128. Whoever follows a file asks again.
"""

import os
import select
from collections.abc import Iterator
from functools import partial
from typing import Any, Protocol

from ollama_watch.sources import cursors, journaljson
from ollama_watch.sources.child import Child
from ollama_watch.sources.entries import Matches
from ollama_watch.sources.entry import Entry
from ollama_watch.sources.journal import ask_for, field, open_file
from ollama_watch.sources.journalheader import header_of
from ollama_watch.sources.lines import Splitter

_JOURNALCTL = "journalctl"


class OneFile(Protocol):
    """A journal file that is being read."""

    @property
    def at_end(self) -> bool:
        """Tell whether all that stood in it when it was last asked has been given."""

    def entries(self, most: int) -> Iterator[Entry]:
        """Yield what comes next, `most` entries at most; never waits; raises OSError."""

    def close(self) -> None:
        """Let go of it."""


class BoundFile:
    """Read through systemd's library. Takes over the descriptor `file`; `after`: a cursor, or empty."""

    def __init__(self, file: int, matches: Matches, after: str) -> None:
        self.at_end = False
        try:
            self._reader: Any = open_file(f"/proc/self/fd/{file}")
        finally:
            os.close(file)  # the library has opened its own
        ask_for(self._reader, matches)
        if after:
            self._reader.seek_cursor(after)
            if not (self._reader._next() and cursors.same(self._reader._get_cursor(), after)):
                self._reader.seek_cursor(after)  # what is asked for has changed: begin with the next one

    def entries(self, most: int) -> Iterator[Entry]:
        reader = self._reader
        for _ in range(most):
            if not reader._next():
                self.at_end = True
                return
            self.at_end = False
            yield Entry(partial(field, reader), reader._get_cursor(), reader._get_realtime() / 1e6)

    def close(self) -> None:
        self._reader.close()


class ChildFile:
    """Read through journalctl, which is run whenever the file has more than it had. Takes over `file`.

    `ready` becomes readable when it says something.
    """

    def __init__(self, file: int, matches: Matches, after: str, ready: select.epoll) -> None:
        self.at_end = False
        self._file, self._after, self._ready = file, after, ready
        fields = ",".join(sorted({"MESSAGE", "N_DROPPED", *matches.fields}))
        self._asked = [word for match in matches.all for word in (*match, "+")][:-1]
        options = ["--output=json", "--all", f"--output-fields={fields}", "--no-pager", "--quiet"]
        self._command = [_JOURNALCTL, f"--file=/proc/self/fd/{file}", *options]
        self._child: Child | None = None
        self._splitter = Splitter()
        self._known = 0  # sequence number of the file's last entry when the child was started

    def entries(self, most: int) -> Iterator[Entry]:
        given = 0
        while given < most and (child := self._running()):
            block = child.read()
            for record in self._splitter.feed(block):
                if found := self._entry(record):
                    given += 1
                    yield found
            if child.ended:
                self._end()
            elif not block:
                return

    def _running(self) -> Child | None:
        if self._child is None:
            header = header_of(self._file)
            last = header.last if header and header.first else 0
            self.at_end = last == self._known
            if not self.at_end:
                start = [f"--cursor={self._after}"] if self._after else []
                self._known, self._splitter = last, Splitter()
                self._child = Child([*self._command, *start, *self._asked], keep=(self._file,))
                self._ready.register(self._child.fileno(), select.EPOLLIN)
        return self._child

    def _entry(self, record: bytes) -> Entry | None:
        found = journaljson.decoded(record)
        cursor, at = found.get("__CURSOR"), str(found.get("__REALTIME_TIMESTAMP"))
        if not isinstance(cursor, str) or (self._after and cursors.same(self._after, cursor)):
            return None
        self._after = cursor
        return Entry(
            lambda name: journaljson.data(found.get(name)), cursor, int(at) / 1e6 if at.isdecimal() else 0.0
        )

    def _end(self) -> None:
        child, self._child = self._child, None
        if child and (status := child.close()):
            self._known = 0
            raise OSError(0, f"journalctl ended with status {status}: {child.complaint}")

    def close(self) -> None:
        if self._child:
            self._child.close()
            self._child = None
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
