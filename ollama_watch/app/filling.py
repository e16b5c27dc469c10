"""History as the daemon reads it: as `check` does, but what its metrics count is counted, and time passes.

A request that is not read is counted where it stands, and the log time is that of its entry before the next
line is read.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from ollama_watch.alerts.book import Book
from ollama_watch.alerts.notice import Notice
from ollama_watch.app.asking import Requests
from ollama_watch.app.skimming import Skimmed
from ollama_watch.model import Line
from ollama_watch.parse.accesses import Served, accesses
from ollama_watch.parse.telling import EVERY
from ollama_watch.sources.batch import Run, piece_of
from ollama_watch.state.requests import SECOND, TICK
from ollama_watch.state.updates import Update

if TYPE_CHECKING:
    from ollama_watch.app.watched import Watched


class _Step(NamedTuple):
    """Requests that are passed over, and a line to be read after them."""

    served: Sequence[Served]
    times: Sequence[float]  # when each of them was logged
    line: Line | None
    counted: bool = False  # that line is a request that was passed over before


@dataclass(slots=True)
class Filling:
    """What one source has told of its history. Belongs to the loop's thread."""

    watched: "Watched"
    book: Book
    judge: Callable[["Watched", list[Update]], list[Notice]]
    skimmed: Skimmed = field(default_factory=lambda: Skimmed((), every=True))
    requests: Requests = field(init=False)
    number: int = 0  # of the last line

    def __post_init__(self) -> None:
        self.requests = Requests(self.watched.reading)

    def take(self, run: Run | list[Line]) -> list[Notice]:
        """Take in what comes next; return the ends it brings that people must hear of."""
        first, last = _numbers(run)
        notices = [] if first > self.number else self._taken(self._left())  # it is of another file
        self.number = last
        lines = self.skimmed.of(piece_of(run, EVERY), self.requests)
        if isinstance(run, Run):
            return [*notices, *self._taken(self._passing(run, lines))]
        steps = (_Step((), (), line, line.number < first) for line in lines)
        return [*notices, *self._taken(steps)]

    def settle(self) -> list[Notice]:
        """Take in the requests that wait and may still belong to a launch: log time does not go back."""
        lately = self.watched.reading.fleet.now - SECOND - TICK
        return self._taken(_Step((), (), line, counted=True) for line in self.requests.since(lately))

    def _left(self) -> Iterator[_Step]:
        """Yield what waits of lines whose numbers others have by now."""
        for line in self.requests.since(-inf):
            yield _Step((), (), line, counted=True)
        self.requests.forget()

    def _passing(self, run: Run, lines: Iterator[Line]) -> Iterator[_Step]:
        """Yield the steps of a run; each has been taken before the next is asked for."""
        served = list(accesses(run.block))
        places = [run.number + one.lines for one in served]
        at, done = 0, run.number
        for line in lines:
            upto = max(at, bisect_left(places, line.number))
            yield _Step(served[at:upto], self._times(run, served[at:upto]), line, line.number < done)
            at, done = max(upto, bisect_right(places, line.number)), max(done, line.number + 1)
        yield _Step(served[at:], self._times(run, served[at:]), None)

    def _times(self, run: Run, served: Sequence[Served]) -> Sequence[float]:
        """Return when they were logged; in a file nobody wrote down when, and no time passes."""
        times = [run.times[one.lines] for one in served]
        if run.cursors[0]:
            return times
        return [self.watched.reading.fleet.now or times[0]] * len(times) if times else times

    def _taken(self, steps: Iterator[_Step]) -> list[Notice]:
        notices, reading = [], self.watched.reading
        for step in steps:
            if step.served:
                reading.count(step.served)
                notices += self._pass(step.times)
            if step.line and not step.counted:
                notices += self._judged(reading.feed(step.line))
            elif step.line and (updates := reading.hear(step.line)):
                notices += self._judged(updates)
        return notices

    def _pass(self, times: Sequence[float]) -> list[Notice]:
        """Let log time pass over entries whose lines are not read; mostly nothing comes of it."""
        reading, latest, notices = self.watched.reading, max(times), []
        for moment in times:
            if latest < reading.fleet.calm_until and self.book.is_calm(self.watched.identity, latest):
                break
            notices += self._judged(reading.tick(moment))
        reading.fleet.now = max(reading.fleet.now, latest)
        return notices

    def _judged(self, updates: list[Update]) -> list[Notice]:
        """History restores state: people are told what holds at its end."""
        notices = self.judge(self.watched, updates)
        now = self.watched.reading.fleet.now
        return [*notices, *self.book.tick(self.watched.identity, now, telling=False)]


def _numbers(run: Run | list[Line]) -> tuple[float, int]:
    """Return the numbers of its first and its last line."""
    if isinstance(run, Run):
        return run.number, run.number + len(run.times) - 1
    return (run[0].number, run[-1].number) if run else (inf, 0)
