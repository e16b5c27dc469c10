"""One unit's entries in systemd's journal, read through a `journalctl` child: works wherever systemd is.

First a child that ends tells what stands there, then one that stays tells what comes; the end of the first is
how we know that we have caught up. A child that dies is started again at the last entry it gave, never with
--after-cursor: where that entry was removed, this passes over the next one (systemd 252).
"""

import select
import subprocess
import time
from collections.abc import Callable, Sequence

from ollama_watch.model import Line
from ollama_watch.sources import cursors, entries, journalexport, journalfiles
from ollama_watch.sources.batch import Batch, Runs, telling_lines
from ollama_watch.sources.child import Child
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.intake import Intake
from ollama_watch.sources.journalexport import Exports, Fields
from ollama_watch.sources.position import Position
from ollama_watch.sources.retry import Retry
from ollama_watch.sources.source import BATCH, Counters

_SEARCH = 10.0  # s for finding the last server start; after that all of this boot is read
_LOOK = 3.0  # s for finding one entry
_HANGS = 30.0  # s in which a child that tells what stands there says something; else it is ended
_RENEWED = 600.0  # s after which a child that has nothing to tell is replaced: whether it hangs nobody knows


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
        self.trouble: str | None = None
        self.caught_up = False
        self._target, self._whole, self._command = target, whole, command
        self._intake = Intake(target, after)
        self._proven = after is None  # the place to go on after is one of this journal
        self._last = ""  # cursor of the entry that the child is to begin with, known already
        self._ready = select.epoll()  # one descriptor for life, whichever child is behind it
        self._retry, self._clock = Retry(clock), clock
        self._heard = 0.0  # when the child last said something
        self._child: Child | None = None
        self._start: list[str] | None = None  # arguments that begin at the start; None: not looked for yet
        self._follows = False  # the child, if any, stays
        self._roots: frozenset[object] = frozenset()
        self._exports = Exports()
        self._running()

    def fileno(self) -> int | None:
        return None if self._ready.closed else self._ready.fileno()

    @property
    def counters(self) -> Counters:
        return self._intake.counters

    @property
    def position(self) -> Position | None:
        return self._intake.position

    def read(self) -> list[Line]:
        """Return the lines of the next entries that may tell something."""
        return telling_lines(self.take())

    def take(self) -> Runs:
        """Return all that the child has told, about a batch; see to it that there is a child."""
        given: Runs = []
        taken = 0
        while taken < BATCH and (child := self._running()):
            if block := child.read():
                self._heard = self._clock()
                batch = Batch()
                for entry in self._exports.feed(block):
                    self._take(entry, batch)
                given += self._intake.take(batch)  # at once: another child would begin behind it
                taken += len(batch.texts)
            elif child.ended:
                self._end()
            elif not self._ended_silent():
                break
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
        self._roots, self._exports = roots, Exports()
        self._follows, self._heard = self.caught_up, self._clock()
        return self._child

    def _argv(self) -> list[str]:
        if not self._proven:
            self._prove()
        if cursor := self._intake.cursor:
            start = [f"--cursor={cursor}", *self._matches()]
        else:
            start = self._start = self._begin() if self._start is None else self._start
        self._last = cursor
        follow = ["--follow", "--no-tail"] if self.caught_up else []
        return [*self._common(), *follow, *start]

    def _common(self) -> list[str]:
        space = [f"--namespace=+{self._target.namespace}"] if self._target.namespace else []
        fields = ",".join(sorted({"MESSAGE", "N_DROPPED", *self._intake.matches.fields}))
        options = ["--output=export", "--all", f"--output-fields={fields}", "--no-pager", "--quiet"]
        return [self._command, *options, *space]

    def _matches(self, *more: str) -> list[str]:
        asked = [word for match in self._intake.matches.all for word in (*match, *more, "+")]
        return asked[:-1]

    def _begin(self) -> list[str]:
        """Return the arguments that give the entries since the last server start, else of this boot."""
        if self._whole:
            return self._matches()
        here = self._matches(f"_BOOT_ID={boot}") if (boot := entries.boot()) else self._matches()
        search = [f"--grep={entries.STARTS}", "--reverse", "--lines=10", *here]
        cursor = entries.last_start(journalexport.texts(self._asked(search, _SEARCH) or b""))
        return [f"--cursor={cursor}", *self._matches()] if cursor else here

    def _prove(self) -> None:
        """Forget the place to go on after if it is none of this journal."""
        at = [f"--cursor={self._intake.cursor}"] if cursors.is_one(self._intake.cursor) else []
        found = self._asked([*at, "--lines=1", *self._matches()], _LOOK)
        if at and not found:
            found = self._asked(["--lines=1", *self._matches()], _LOOK)
        if found is None:
            return  # the child that reads will fail as well, and say why
        self._proven = True
        near = next((cursor() for _, cursor in journalexport.texts(found)), "")
        if cursors.fate(self._intake.cursor, near) == "foreign":
            self._intake.forget()

    def _asked(self, arguments: Sequence[str], seconds: float) -> bytes | None:
        """Return what a child says that ends; None if it fails or takes too long."""
        command = [*self._common(), *arguments]
        try:
            ran = subprocess.run(command, capture_output=True, check=False, timeout=seconds)
        except (OSError, subprocess.TimeoutExpired):
            return None
        return None if ran.returncode else ran.stdout

    def _take(self, entry: Fields, batch: Batch) -> None:
        cursor = journalexport.cursor(entry)
        if not cursor:
            return
        self._retry.worked()
        last, self._last = self._last, ""
        if last and cursors.same(last, cursor):
            return
        if last:
            self._intake.missed()
        batch.take(journalexport.getter(entry), journalexport.time(entry), cursor, self._intake.matches)

    def _ended_silent(self) -> bool:
        """End a child that has been silent for too long."""
        if self._clock() - self._heard < (_RENEWED if self._follows else _HANGS):
            return False
        self._let_go()
        if not self._follows:
            self.counters.reopens += 1
            self._fail(f"{self._command} says nothing and does not end")
        return True

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
