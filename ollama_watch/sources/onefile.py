# ruff: noqa: SLF001  # the reader's low-level calls are ten times as fast as its iterator
"""The entries of one journal file, by whichever way there is to read it; it may still be written to.

No way asks the kernel for news: with hundreds of hosts that would take an inotify instance each, and a user
has 128. Whoever follows a file asks again.
"""

import os
import select
from typing import Any, Protocol

from ollama_watch.sources import bound, cursors, journalexport
from ollama_watch.sources.batch import Batch
from ollama_watch.sources.child import Child
from ollama_watch.sources.entries import Matches
from ollama_watch.sources.journalexport import Exports, Fields
from ollama_watch.sources.journalheader import header_of

_JOURNALCTL = "journalctl"


class OneFile(Protocol):
    """A journal file that is being read."""

    @property
    def at_end(self) -> bool:
        """Tell whether all that stood in it when it was last asked has been given."""

    def read(self, batch: Batch) -> None:
        """Put what comes next into `batch`; never waits; raises OSError, what came before that is in it."""

    def close(self) -> None:
        """Let go of it."""


class BoundFile:
    """Read through systemd's library. Takes over the descriptor `file`; `after`: a cursor, or empty."""

    def __init__(self, file: int, matches: Matches, after: str) -> None:
        self.at_end = False
        self._matches = matches
        try:
            self._reader: Any = bound.open_file(f"/proc/self/fd/{file}")
        finally:
            os.close(file)  # the library has opened its own
        bound.ask_for(self._reader, matches.all)
        if after:
            self._reader.seek_cursor(after)
            if not (self._reader._next() and cursors.same(self._reader._get_cursor(), after)):
                self._reader.seek_cursor(after)  # what is asked for has changed: begin with the next one

    def read(self, batch: Batch) -> None:
        self.at_end = bound.each(self._reader, batch, self._matches)

    def close(self) -> None:
        self._reader.close()


class ChildFile:
    """Read through journalctl, which is run whenever the file has more than it had. Takes over `file`.

    `ready` becomes readable when it says something.
    """

    def __init__(self, file: int, matches: Matches, after: str, ready: select.epoll) -> None:
        self.at_end = False
        self._file, self._after, self._ready = file, after, ready
        self._matches = matches
        fields = ",".join(sorted({"MESSAGE", "N_DROPPED", *matches.fields}))
        self._asked = [word for match in matches.all for word in (*match, "+")][:-1]
        options = ["--output=export", "--all", f"--output-fields={fields}", "--no-pager", "--quiet"]
        self._command = [_JOURNALCTL, f"--file=/proc/self/fd/{file}", *options]
        self._child: Child | None = None
        self._exports = Exports()
        self._known = 0  # sequence number of the file's last entry when the child was started

    def read(self, batch: Batch) -> None:
        while not batch.full and (child := self._running()):
            block = child.read()
            for entry in self._exports.feed(block):
                self._take(entry, batch)
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
                self._known, self._exports = last, Exports()
                self._child = Child([*self._command, *start, *self._asked], keep=(self._file,))
                self._ready.register(self._child.fileno(), select.EPOLLIN)
        return self._child

    def _take(self, entry: Fields, batch: Batch) -> None:
        cursor = journalexport.cursor(entry)
        if cursor and not (self._after and cursors.same(self._after, cursor)):
            self._after = cursor
            batch.take(journalexport.getter(entry), journalexport.time(entry), cursor, self._matches)

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
