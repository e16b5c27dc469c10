"""Which lines of requests count for a launch: those whose time may cover it (`state.requests`).

A request that may cover the last launch of a model is given at once. Any other may still belong to a launch
that ends within a second of it: it waits until the log has passed that moment.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from ollama_watch.app.reading import Reading
from ollama_watch.model import Line
from ollama_watch.parse.asked import Asked, Stretch, requests
from ollama_watch.parse.clock import written
from ollama_watch.parse.line import LONGEST
from ollama_watch.sources.pieces import Piece
from ollama_watch.state.requests import HEARD, SECOND, TICK

_BEHIND = 8 << 20  # bytes of log in which a request waits; no second is as long
_MOSTLY = 1 << 10  # bytes of a line
_BY_HAND = b"n_slots"  # in a line that begins a launch and ends it


@dataclass(slots=True)
class Place:
    """Where the lines of one piece stand; quick where one asks for them in their order."""

    piece: Piece
    number: int  # of the line at `at`
    offset: int  # of the piece in its log
    at: int = 0

    def line(self, start: int) -> Line:
        between = self.piece.read(*sorted((self.at, start))).count(b"\n")
        self.number += between if start > self.at else -between
        self.at = start
        text, newline, _ = self.read(start, start + _MOSTLY).partition(b"\n")
        if not newline:
            text = self.read(start, start + LONGEST + 2).partition(b"\n")[0]
        return Line(text.removesuffix(b"\r"), self.number, 0.0)

    def read(self, start: int, end: int) -> bytes:
        return self.piece.read(start, min(end, self.piece.length))


class _Waiting(NamedTuple):
    """Requests that nobody has needed yet: a stretch of them, or one."""

    ended: float  # the last of them
    place: Place
    start: int
    end: int | None  # None: one line

    def requests(self) -> Iterator[tuple[int, float]]:
        """Yield where in the piece each stands, and when it ended."""
        if self.end is None:
            yield self.start, self.ended
        else:
            for one in requests(self.place.read(self.start, self.end)):
                yield self.start + one.start, one.ended


@dataclass(slots=True)
class Requests:
    """The requests of one log that nobody has needed yet."""

    reading: Reading
    waiting: deque[_Waiting] = field(default_factory=lambda: deque(maxlen=HEARD))
    launched: list[float] = field(default_factory=list)  # when each model was launched last, in order

    def covering(self, asked: Sequence[Stretch], place: Place) -> Iterator[Line]:
        """Yield the lines of those that may cover a launch; the others wait."""
        while self.waiting and place.offset - self.waiting[0].place.offset > _BEHIND:
            self.waiting.popleft()
        for one in asked:
            if self._covers(one):
                yield from self._some(place, one.start, one.end)
            else:
                self.waiting.append(_Waiting(one.ended, place, one.start, one.end))

    def _some(self, place: Place, start: int, end: int) -> Iterator[Line]:
        text = place.read(start, end)
        for one in requests(text):
            if self._covers(one):
                yield place.line(start + one.start)
            else:
                self.waiting.append(_Waiting(one.ended, place, start + one.start, None))

    def _covers(self, one: Stretch | Asked) -> bool:
        zone = self.reading.fleet.zone
        at = bisect_left(self.launched, one.began - zone - TICK)
        return at < len(self.launched) and self.launched[at] <= one.ended - zone + SECOND + TICK

    def before(self, text: bytes) -> Iterator[Line]:
        """Yield the lines that wait and may belong to a launch which this line ends."""
        if not self.waiting or not (self.reading.loading or _BY_HAND in text):
            return
        found = written(text) if text.count(b"time=") == 1 else None
        if found and found[1] == self.reading.fleet.zone:
            yield from self.since(found[0] - SECOND - TICK)
        else:
            yield from self.since(-inf)

    def since(self, moment: float) -> Iterator[Line]:
        """Yield the lines that wait and were done since then, and forget all others."""
        zone, waiting = self.reading.fleet.zone, list(self.waiting)
        self.waiting.clear()
        for one in waiting:
            if one.ended - zone >= moment:
                for start, ended in one.requests():
                    if ended - zone >= moment:
                        yield one.place.line(start)

    def learn(self) -> None:
        """Look which launches there are now."""
        lasts = [subject.last.at for subject in self.reading.fleet.subjects.values() if subject.last]
        self.launched = sorted(lasts)
