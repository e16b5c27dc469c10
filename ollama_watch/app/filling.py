"""History as the daemon reads it: as `check` does, but what its metrics count is counted, and time passes.

A request that is not read is counted where it stands, and the log time is that of its entry before the next
line is read.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ollama_watch.app.asking import Requests
from ollama_watch.app.reading import Reading
from ollama_watch.app.skimming import Skimmed
from ollama_watch.model import Line
from ollama_watch.parse.accesses import Served, accesses
from ollama_watch.parse.telling import EVERY
from ollama_watch.sources.batch import Run, piece_of
from ollama_watch.state.requests import SECOND, TICK


class Step(NamedTuple):
    """Requests that are passed over, when each was logged, and a line to be read after them."""

    served: Sequence[Served]
    times: Sequence[float]
    line: Line | None
    counted: bool = False  # that line is a request that was passed over before


@dataclass(slots=True)
class Filling:
    """What one source has told of its history. Belongs to the loop's thread."""

    reading: Reading
    skimmed: Skimmed = field(default_factory=lambda: Skimmed((), every=True))
    requests: Requests = field(init=False)

    def __post_init__(self) -> None:
        self.requests = Requests(self.reading)
        self.requests.learn()

    def steps(self, run: Run | list[Line]) -> Iterator[Step]:
        """Yield what a run tells, which has been taken in before the next is asked for."""
        lines = self.skimmed.of(piece_of(run, EVERY), self.requests)
        if isinstance(run, Run):
            yield from self._passing(run, lines)
        elif run:
            first = run[0].number
            yield from (Step((), (), line, line.number < first) for line in lines)

    def _passing(self, run: Run, lines: Iterator[Line]) -> Iterator[Step]:
        served = list(accesses(run.block))
        places = [run.number + one.lines for one in served]
        at, done = 0, run.number
        for line in lines:
            upto = max(at, bisect_left(places, line.number))
            yield Step(served[at:upto], self._times(run, served[at:upto]), line, line.number < done)
            at, done = max(upto, bisect_right(places, line.number)), max(done, line.number + 1)
        yield Step(served[at:], self._times(run, served[at:]), None)

    def _times(self, run: Run, served: Sequence[Served]) -> Sequence[float]:
        """Return when they were logged; in a file nobody wrote down when, and no time passes."""
        times = [run.times[one.lines] for one in served]
        if run.cursors[0]:
            return times
        return [self.reading.fleet.now or times[0]] * len(times) if times else times

    def rest(self) -> Iterator[Step]:
        """Yield the requests that may still belong to a launch: log time does not go back."""
        lately = self.reading.fleet.now - SECOND - TICK
        return (Step((), (), line, counted=True) for line in self.requests.since(lately))
