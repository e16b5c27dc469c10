"""Runners whose process has ended without a word in the log: a keep-alive that is over, a kill."""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from ollama_watch.app.alive import records
from ollama_watch.sources.processes import PROC, Process, argv, processes
from ollama_watch.state.record import Record

_EVERY = 5.0  # s between two looks
_TRIES = 12  # looks for a process that was never seen: a runner is there from its launch on, or elsewhere

Launched = tuple[str, int]  # source and index
Mark = tuple[int, str]  # port and model


class Absence:
    """Sees the processes of runners come and go. Belongs to the loop's thread.

    Only what was seen is ever missed. A process with the port and the model of a launch proves that the log
    is of this machine and that its runners can be seen from here, whatever container they are in; where none
    was seen, nothing follows. Nor does it where two sources tell of the same port and model.
    """

    def __init__(self, proc: Path = PROC) -> None:
        self._proc = proc
        self._next = 0.0
        self._changes = -1
        self._seen: dict[Launched, int] = {}  # pid
        self._sought: Counter[Launched] = Counter()  # looks that found nothing

    def due(self, now: float, changes: int) -> bool:
        """Tell whether to look, `changes` being a number that grows with every launch and every end."""
        before, self._changes = self._changes, changes
        return now >= self._next or changes != before

    def look(self, alive: Iterable[Record], now: float) -> list[Launched]:
        """Return those of the runners that the log believes alive which ran and do not run any more.

        `now` is of any steady clock: a new launch is looked for at once, all others every few seconds.
        """
        marks = {(one.source, one.index): (one.args.port, one.subject) for one in alive if one.args.port}
        twice = {mark for mark, count in Counter(marks.values()).items() if count > 1}
        known = {launch: mark for launch, mark in marks.items() if mark not in twice}
        self._forget(known)
        if now < self._next and all(one in self._seen or one in self._sought for one in known):
            return []
        self._next = now + _EVERY
        doubtful = [one for one, mark in known.items() if self._is_doubtful(one, mark)]
        if not doubtful or (there := self._running()) is None:
            return []
        for launch in doubtful:
            if pid := there.get(known[launch]):
                self._seen[launch] = pid
            else:
                self._sought[launch] += 1
        return [launch for launch in doubtful if launch in self._seen and known[launch] not in there]

    def _forget(self, known: Iterable[Launched]) -> None:
        kept = set(known)
        self._seen = {launch: pid for launch, pid in self._seen.items() if launch in kept}
        self._sought = Counter({launch: n for launch, n in self._sought.items() if launch in kept})

    def _is_doubtful(self, launch: Launched, mark: Mark) -> bool:
        """Tell whether all processes must be looked through for it: reading one is much cheaper."""
        if pid := self._seen.get(launch):
            return mark not in _marks(pid, argv(pid, self._proc))
        return self._sought[launch] < _TRIES

    def _running(self) -> dict[Mark, int] | None:
        """Return the runners of this machine, None where not even our own process can be read."""
        found = {process.pid: process.argv for process in processes(self._proc)}
        if os.getpid() not in found:
            return None
        return {mark: pid for pid, words in found.items() for mark in _marks(pid, words)}


def _marks(pid: int, words: tuple[str, ...]) -> list[Mark]:
    """Return the port and the model of a process, none of one that is no runner."""
    found = records([Process(pid, words)], 0.0) if words else ()
    return [(one.args.port, one.subject) for one in found if one.args.port]
