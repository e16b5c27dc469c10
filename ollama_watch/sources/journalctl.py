"""One unit's entries in systemd's journal, read through a `journalctl` child: works wherever systemd is.

First a child that ends tells what stands there, then one that stays tells what comes; the end of the first is
how we know that we have caught up. A child that dies is started again after the last entry it gave.
"""

import json
import select
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping

from ollama_watch.model import Line
from ollama_watch.sources import entries, journalfiles
from ollama_watch.sources.child import Child
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.lines import Splitter
from ollama_watch.sources.position import Position
from ollama_watch.sources.retry import Retry
from ollama_watch.sources.source import BATCH, Counters

_SEARCH = 10.0  # s for finding the last server start; after that all of this boot is read
_FIELDS = "--output-fields=MESSAGE,_TRANSPORT,N_DROPPED"


class JournalctlSource:
    """Entries of a unit, as `journal.JournalSource` gives them; `command` is the program to run."""

    def __init__(
        self,
        target: SourceConfig,
        *,
        after: Position | None = None,
        whole: bool = False,
        command: str = "journalctl",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = target.name
        self.counters = Counters()
        self.trouble: str | None = None
        self.caught_up = False
        self._target, self._whole, self._command = target, whole, command
        self._cursor = after.cursor if after else ""
        self._ready = select.epoll()  # one descriptor for life, whichever child is behind it
        self._retry = Retry(clock)
        self._child: Child | None = None
        self._start: list[str] | None = None  # arguments that begin at the start; None: not looked for yet
        self._follows = False  # the child, if any, stays
        self._roots: frozenset[object] = frozenset()
        self._splitter = Splitter()
        self._entries = after.number if after else 0  # that gave lines
        self._running()

    def fileno(self) -> int | None:
        return None if self._ready.closed else self._ready.fileno()

    @property
    def position(self) -> Position | None:
        """Return where to go on after a restart; None: nothing was read yet."""
        return Position(cursor=self._cursor, number=self._entries) if self._cursor else None

    def read(self) -> list[Line]:
        """Return what the child has told, about `BATCH` lines; see to it that there is a child."""
        given: list[Line] = []
        while (child := self._running()) and len(given) < BATCH:
            if block := child.read():
                for record in self._splitter.feed(block):
                    given += self._entry(record)
            elif child.ended:
                self._end()
            else:
                break
        entries.count(self.counters, given)
        return given

    def close(self) -> None:
        self._let_go()
        self._ready.close()

    def _running(self) -> Child | None:
        roots = journalfiles.roots()
        if self._child:
            if roots == self._roots:
                return self._child
            self._let_go()  # a root that was not there is not watched
            self.counters.reopens += 1
        if self._ready.closed or not self._retry.due:
            return None
        self.trouble = journalfiles.trouble(self._target)
        if self.trouble is not None:
            self.caught_up = True
            return None
        try:
            self._child = Child(self._argv())
        except OSError as error:
            self._fail(f"{self._command} cannot be started: {error.strerror}")
            return None
        self._ready.register(self._child.fileno(), select.EPOLLIN)
        self._roots, self._splitter = roots, Splitter()
        self._follows = self.caught_up
        return self._child

    def _argv(self) -> list[str]:
        if self._cursor:
            start = [f"--after-cursor={self._cursor}", *self._matches()]
        else:
            start = self._start = self._begin() if self._start is None else self._start
        follow = ["--follow", "--no-tail"] if self.caught_up else []
        return [*self._common(), *follow, *start]

    def _common(self) -> list[str]:
        space = [f"--namespace={self._target.namespace}"] if self._target.namespace else []
        return [self._command, "--output=json", "--all", _FIELDS, "--no-pager", "--quiet", *space]

    def _matches(self, *more: str) -> list[str]:
        own, dropped = entries.matches(self._target)
        return [*own, *more, "+", *dropped, *more]

    def _begin(self) -> list[str]:
        """Return the arguments that give the entries since the last server start, else of this boot."""
        if self._whole:
            return self._matches()
        here = self._matches(f"_BOOT_ID={boot}") if (boot := entries.boot()) else self._matches()
        search = [*self._common(), f"--grep={entries.STARTS}", "--reverse", "--lines=10", *here]
        try:
            found = subprocess.run(search, capture_output=True, check=False, timeout=_SEARCH).stdout
        except (OSError, subprocess.TimeoutExpired):
            return here
        cursor = entries.last_start(_texts(found))
        return [f"--cursor={cursor}", *self._matches()] if cursor else here

    def _entry(self, record: bytes) -> list[Line]:
        entry = _decoded(record)
        message = _bytes(entry.get("MESSAGE"))
        cursor = entry.get("__CURSOR")
        if not message or not isinstance(cursor, str):
            return []
        self._retry.worked()
        self._cursor = cursor
        if message.startswith(b"Suppressed ") and entry.get("_TRANSPORT") == "driver":
            dropped = str(entry.get("N_DROPPED"))
            self.counters.suppressed += int(dropped) if dropped.isdecimal() else 0
            return []
        self._entries += 1
        at = str(entry.get("__REALTIME_TIMESTAMP"))
        return entries.lines(message, self._entries, int(at) / 1e6 if at.isdecimal() else 0.0, cursor)

    def _end(self) -> None:
        """The child has told all it will: go on to the one that follows, or say why it ended."""
        complaint = self._child.complaint if self._child else ""
        status = self._let_go()
        if status == 0 and not self._follows:
            self.caught_up = True
        else:
            self.counters.reopens += 1
            self._fail(f"{self._command} ended with status {status}: {complaint or 'it did not say why'}")

    def _fail(self, trouble: str) -> None:
        self.trouble = trouble
        self._retry.failed()

    def _let_go(self) -> int:
        child, self._child = self._child, None
        return child.close() if child else 0


def _texts(records: bytes) -> Iterator[tuple[bytes, Callable[[], str]]]:
    for record in records.splitlines():
        entry = _decoded(record)
        yield _bytes(entry.get("MESSAGE")), lambda entry=entry: str(entry.get("__CURSOR", ""))  # type: ignore[misc]


def _decoded(record: bytes) -> Mapping[str, object]:
    try:
        entry = json.loads(record)
    except ValueError:  # longer than the splitter keeps: no cursor either
        return {}
    return entry if isinstance(entry, dict) else {}


def _bytes(field: object) -> bytes:
    """Return a field's bytes: text, or a list of numbers if it has unprintable ones, or null if too long."""
    if isinstance(field, str):
        return field.encode("utf-8", "surrogatepass")
    if isinstance(field, list) and field:
        if all(isinstance(one, int) for one in field):
            return bytes(one & 0xFF for one in field)
        return _bytes(field[0])  # the entry has the field several times
    return b""
