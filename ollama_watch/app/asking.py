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
_BY_HAND = b"n_slots"  # in a line that begins a launch and ends it


class Place(NamedTuple):
    """Where a piece stands in its log."""

    piece: Piece
    number: int  # of its first line
    offset: int

    def requests(self, one: Stretch) -> Iterator[tuple[Asked, Line]]:
        """Yield the requests in a stretch of the piece, and their lines."""
        text = self.piece.read(one.start, min(one.end, self.piece.length))
        at, number = 0, self.number + one.lines
        for asked in requests(text):
            number += text.count(b"\n", at, asked.start)
            at = asked.start
            end = text.find(b"\n", at, at + LONGEST + 2)
            line = text[at:end] if end >= 0 else text[at : at + LONGEST + 2]
            yield asked, self.piece.line(line.removesuffix(b"\r"), number)


class _Waiting(NamedTuple):
    """Requests that nobody has needed yet: a stretch of them, or the line of one."""

    ended: float  # the last of them
    place: Place
    what: Stretch | Line


@dataclass(slots=True)
class Requests:
    """The requests of one log that nobody has needed yet."""

    reading: Reading
    waiting: deque[_Waiting] = field(default_factory=lambda: deque(maxlen=HEARD))
    # When each model was launched last, and how long that took, in order.
    launched: list[tuple[float, float]] = field(default_factory=list)

    def covering(self, asked: Sequence[Stretch], place: Place) -> Iterator[Line]:
        """Yield the lines of those that may cover a launch; the others wait."""
        while self.waiting and place.offset - self.waiting[0].place.offset > _BEHIND:
            self.waiting.popleft()
        for stretch in asked:
            if not self._covers(stretch):
                self.waiting.append(_Waiting(stretch.ended, place, stretch))
                continue
            for one, line in place.requests(stretch):
                if self._covers(one):
                    yield line
                else:
                    self.waiting.append(_Waiting(one.ended, place, line))

    def _covers(self, one: Stretch | Asked) -> bool:
        zone, longest = self.reading.fleet.zone, one.ended - one.began + TICK
        first = bisect_left(self.launched, (one.began - zone - TICK, 0.0))
        after = bisect_left(self.launched, (one.ended - zone + SECOND + TICK, inf), first)
        return any(took <= longest for _, took in self.launched[first:after])

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
        for ended, place, what in waiting:
            if ended - zone >= moment:
                if isinstance(what, Line):
                    yield what
                else:
                    yield from (line for one, line in place.requests(what) if one.ended - zone >= moment)

    def learn(self) -> None:
        """Look which launches there are now."""
        lasts = [subject.last for subject in self.reading.fleet.subjects.values() if subject.last]
        self.launched = sorted((one.at, (one.ended_at or one.at) - one.at) for one in lasts)
