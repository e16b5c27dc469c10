"""The loop. Everything it needs is handed in, the clock and the stop included; there is no policy in it.

Whatever wakes it, every source is asked: inotify may lose events, so a ring is only a hint, and without one
it looks once a second. The heartbeat comes after the work, so that it proves the work.
"""

import gc
import selectors
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from ollama_watch.alerts.notice import Notice
from ollama_watch.app.absence import Absence
from ollama_watch.app.keeping import Keeping
from ollama_watch.app.naming import Naming
from ollama_watch.app.reloading import Reloading
from ollama_watch.app.roster import Roster
from ollama_watch.app.sdnotify import Notifier
from ollama_watch.app.showing import Showing
from ollama_watch.app.watching import Watch
from ollama_watch.model import SEVERITIES, Line
from ollama_watch.sources.bell import Bell
from ollama_watch.sources.source import Searched, Source
from ollama_watch.sources.stdin import HostLines, StandardInput
from ollama_watch.sources.waiting import Waiting

if TYPE_CHECKING:
    from ollama_watch.sources.batch import Runs
    from ollama_watch.sources.inotify import Folders

_BOOTTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # Linux's goes on in suspend
_PATIENCE = "EXTEND_TIMEOUT_USEC=30000000"  # a long log may be read longer than TimeoutStartSec= allows
_TICK = 1.0  # s without news until every source is asked all the same
_MUCH, _BREATH = 1 << 16, 0.01  # bytes; s in which more can come, after a turn that found less


@dataclass(slots=True, kw_only=True)
class Loop:
    """Moves lines in and notices out. Owns all state while it runs."""

    roster: Roster
    bell: Bell
    folders: "Folders | None" = None  # of the files that are followed
    watch: Watch
    showing: Showing
    keeping: Keeping
    reloading: Reloading
    naming: Naming
    absence: Absence = field(default_factory=Absence)
    notify: Notifier
    stop: Event
    clock: Callable[[], float] = time.time
    pace: Callable[[], float] = lambda: time.clock_gettime(_BOOTTIME)
    ready: bool = False
    rung: bool = False  # something woke us
    status: str = ""
    told: tuple[object, ...] = ()  # what `status` was made of
    ticked_at: float = 0.0

    def run(self) -> None:
        """Work until `stop` is set or nothing can come any more."""
        with selectors.DefaultSelector() as selector:
            for hint in self._hints:
                selector.register(hint, selectors.EVENT_READ)
            while not self.stop.is_set() and not self._ended():
                for hint in self._hints:
                    hint.hush()
                found = self._turn()
                self.notify("WATCHDOG=1", *(() if self.ready else (_PATIENCE,)))
                self._listen(selector)
                self._wait(selector, found)
        self.notify("STOPPING=1")

    @property
    def _hints(self) -> "list[Bell | Folders]":
        return [self.bell, self.folders] if self.folders else [self.bell]

    def _wait(self, selector: selectors.BaseSelector, found: int | None) -> None:
        """Wait for news; in a flood of lines take a breath, since a turn for each line costs a core.

        So does one for each change of other files beside the log: after a ring for nothing, too.
        """
        if self.ready and (self.rung if found is None else found < _MUCH):
            time.sleep(_BREATH)  # not on `stop`: a signal that comes within that would wait for itself
        self.rung = False
        if found is None:
            self.rung = bool(selector.select(_TICK))

    def _turn(self) -> int | None:
        """Ask every source once; return how many bytes came, None if no source can have more at hand."""
        notices = [*self._reloaded(), *self._came_and_gone(), *self._renamed()]
        vanished = self._vanished()
        found, given = self._read()
        with self.showing.lock:  # once: nobody sees what the checkpoint does not know
            for one in given:
                notices += self._taken(*one)
            for name, index in vanished:
                notices += self.watch.vanished(name, index)
            notices += self.watch.tick(self.clock(), self._elapsed())
            self.keeping.turn(notices)
            self.showing.publish()
        self.keeping.settle()
        self._say_how_we_are()
        return found

    def _taken(self, source: Source, lines: list[Line], runs: "Runs") -> list[Notice]:
        notices = [one for line in lines for one in self.watch.feed(source.name, line)]
        notices += [one for run in runs for one in self.watch.fill(source.name, run)]
        if isinstance(source, StandardInput | HostLines) and source.ended:
            notices += self.watch.finish(source.name)
        return notices

    def _read(self) -> tuple[int | None, list[tuple[Source, list[Line], "Runs"]]]:
        busy, given = False, []
        before = sum(source.counters.bytes for source in self.roster.sources)
        for source in self.roster.sources:
            with self.showing.lock:
                live = self.watch.following(source.name, live=source.caught_up)
            if not live and isinstance(source, Searched):
                lines, runs = [], source.take()
            else:
                lines, runs = source.read(), []
            busy = busy or bool(lines or runs) or live != source.caught_up
            given.append((source, lines, runs))
        found = sum(source.counters.bytes for source in self.roster.sources) - before
        return (found if busy or found else None), given

    def _vanished(self) -> list[tuple[str, int]]:
        """Return the launches whose process has ended without a word."""
        now = self.pace()
        return (
            self.absence.look(self.watch.runners(), now) if self.absence.due(now, self.watch.changes) else []
        )

    def _came_and_gone(self) -> list[Notice]:
        with self.showing.lock:  # nobody sees a source that is watched by one of the two alone
            came, gone = self.roster.look(self.pace())
            return self.watch.change_sources(came, gone) if came or gone else []

    def _reloaded(self) -> list[Notice]:
        if not self.reloading.due():
            return []
        if self.ready:  # else we are starting for all that the service manager knows
            self.notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
        with self.showing.lock:  # nobody sees new settings announced and old ones in force
            config = self.reloading.again(self.clock())
            notices = self.watch.adopt(config) if config else []
        if self.ready:
            self.notify("READY=1")
        return notices

    def _renamed(self) -> list[Notice]:
        if not self.naming.changed():
            return []
        with self.showing.lock:
            return self.watch.renamed()

    def _elapsed(self) -> float:
        """Return the seconds since the last call, by a clock that nobody sets and that runs on in suspend."""
        last, self.ticked_at = self.ticked_at, self.pace()
        return self.ticked_at - last if last else 0.0

    def _say_how_we_are(self) -> None:
        """Tell the service manager that we are ready, and what there is to see whenever that changes."""
        waits = [source.what for source in self.roster.sources if isinstance(source, Waiting)]
        reload = (self.reloading.successful, self.reloading.at)
        told = (self.watch.changes, self.watch.book.looks.changes, waits, reload)
        if told == self.told:
            return
        self.told = told
        first = not self.ready and all(watched.live for watched in self.watch.sources.values())
        self.ready = self.ready or first
        status = f"STATUS={self._summary() if self.ready else 'Reading what was logged before'}"
        if first:
            self.notify("READY=1", status)
            gc.freeze()  # most of what there is now stays; to look through it again and again stops a turn
        elif status != self.status:
            self.notify(status)
        self.status = status

    def _summary(self) -> str:
        if all(isinstance(source, Waiting) and not source.what for source in self.roster.sources):
            return ", ".join(("Waiting for an Ollama", *self._mistakes()))
        names = ", ".join(source.name for source in self.roster.sources)
        runners = sum(len(watched.reading.fleet.runners) for watched in self.watch.sources.values())
        firing = Counter(alert.severity for alert in self.watch.book.active() if alert.state == "firing")
        alerts = [f"{firing[level]} {level}" for level in reversed(SEVERITIES) if firing[level]]
        watching = f"Watching {names}: {runners} runner{'s' * (runners != 1)}"
        return ", ".join((watching, *alerts, *self._mistakes()))

    def _mistakes(self) -> list[str]:
        """Return what the user has to do about the configuration."""
        found = [] if self.reloading.successful else ["the changed configuration has mistakes"]
        if waiting := self.reloading.needs_restart:
            found.append(f"needs a restart: {', '.join(waiting)}")
        return found

    def _listen(self, selector: selectors.BaseSelector) -> None:
        """Wake for the descriptors that the sources have now: a child that died has none."""
        wanted = {number for source in self.roster.sources if (number := source.fileno()) is not None}
        hints = {hint.fileno() for hint in self._hints}
        known = {key.fd for key in selector.get_map().values()} - hints
        for number in known - wanted:
            with suppress(KeyError, ValueError, OSError):
                selector.unregister(number)
        for number in wanted - known:
            selector.register(number, selectors.EVENT_READ)

    def _ended(self) -> bool:
        sources = self.roster.sources
        return bool(sources) and all(
            isinstance(one, StandardInput | HostLines) and one.ended for one in sources
        )
