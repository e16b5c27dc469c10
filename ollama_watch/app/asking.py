"""Which lines of requests count for a launch: those whose time may cover it (`state.requests`).

A request that may cover the last launch of a model is given at once. Any other may still belong to a launch
that ends within a second of it: it waits until the log has passed that moment.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from ollama_watch.app.reading import Reading
from ollama_watch.model import Line
from ollama_watch.parse.asked import Asked, Stretch, requests, spans
from ollama_watch.parse.clock import written
from ollama_watch.parse.line import LONGEST
from ollama_watch.sources.pieces import Piece
from ollama_watch.state.requests import HEARD, SECOND, TICK

_BEHIND = 8 << 20  # bytes of log in which a request waits; no second is as long
_NEAR = (-2, -1, 0, 1, 2)  # s around a launch
_BEGINS = (b"starting", b"load request=", b"n_slots")  # one of them is in a line that begins a launch


class Place(NamedTuple):
    """Where a piece stands in its log."""

    piece: Piece
    number: int  # of its first line
    offset: int

    def requests(self, one: Stretch, ended: Container[float]) -> Iterator[tuple[Asked, Line]]:
        """Yield the requests in a stretch of the piece that ended then, and their lines."""
        text = self.piece.read(one.start, min(one.end, self.piece.length))
        at, number = 0, self.number + one.lines
        for asked in requests(text, ended):
            number += text.count(b"\n", at, asked.start)
            at = asked.start
            end = text.find(b"\n", at, at + LONGEST + 2)
            line = text[at:end] if end >= 0 else text[at : at + LONGEST + 2]
            yield asked, self.piece.line(line.removesuffix(b"\r"), number)


class _Waiting(NamedTuple):
    """Requests that nobody has needed yet: those of a stretch, or the line of one."""

    place: Place
    what: Stretch | Line
    ended: float  # the last of them
    spans: Mapping[float, float] | None  # see `parse.asked`; None: all of the stretch
    number: int  # of those, about

    def every(self) -> Mapping[float, float]:
        """Return all of them."""
        if self.spans is None:
            return spans(self.what.times) if isinstance(self.what, Stretch) else {}
        return self.spans


@dataclass(slots=True)
class Requests:
    """The requests of one log that nobody has needed yet."""

    reading: Reading
    waiting: deque[_Waiting] = field(default_factory=deque)
    held: int = 0  # seconds in which those that wait ended; no launch remembers more than `HEARD` requests
    # When each model was launched last, and how long that took, in order.
    launched: list[tuple[float, float]] = field(default_factory=list)
    near: frozenset[int] = frozenset()  # the seconds in which a short request that covers one of them ended

    def covering(self, asked: Sequence[Stretch], place: Place) -> Iterator[Line]:
        """Yield the lines of those that may cover a launch; the others wait."""
        while self.waiting and place.offset - self.waiting[0].place.offset > _BEHIND:
            self.held -= self.waiting.popleft().number
        for one in asked:
            if not self._covers(one.began, one.ended):
                self._wait(_Waiting(place, one, one.ended, None, len(one.times)))
                continue
            every, zone, near = spans(one.times), self.reading.fleet.zone, self.near
            wanted = {
                ended
                for ended, began in every.items()
                if (ended - began > SECOND or int(ended - zone) in near) and self._covers(began, ended)
            }
            yield from self._wanted(place, one, wanted)
            if left := {ended: began for ended, began in every.items() if ended not in wanted}:
                self._wait(_Waiting(place, one, max(left), left, len(left)))

    def _wanted(self, place: Place, stretch: Stretch, wanted: set[float]) -> Iterator[Line]:
        for one, line in place.requests(stretch, wanted) if wanted else ():
            if self._covers(one.began, one.ended):
                yield line
            else:
                self._wait(_Waiting(place, line, one.ended, {one.ended: one.began}, 1))

    def _wait(self, one: _Waiting) -> None:
        self.waiting.append(one)
        self.held += one.number
        while self.held - self.waiting[0].number >= HEARD:
            self.held -= self.waiting.popleft().number

    def _covers(self, began: float, ended: float) -> bool:
        began, ended = began - self.reading.fleet.zone, ended - self.reading.fleet.zone
        first = bisect_left(self.launched, (began - TICK, 0.0))
        after = bisect_left(self.launched, (ended + SECOND + TICK, inf), first)
        return any(took <= ended - began + TICK for _, took in self.launched[first:after])

    def before(self, text: bytes) -> Iterator[Line]:
        """Yield the lines that wait and may belong to the launch that this line begins, or to one pending.

        It may have ended, or its arguments be known, when this line was read: they were heard before.
        """
        if not self.waiting:
            return
        begins = any(sign in text for sign in _BEGINS)
        found = written(text) if text.count(b"time=") == 1 else None
        if found and found[1] != self.reading.fleet.zone:  # theirs was the one before
            yield from self.since(-inf)
        elif begins or self.reading.fleet.pending:
            yield from self.since(*(self._window(found[0], begins=begins) if found else (-inf,)))

    def _window(self, at: float, *, begins: bool) -> tuple[float, float]:
        """Return since when such requests ended, and when they had begun."""
        pending, now = self.reading.fleet.pending, max(at, self.reading.fleet.now)
        until = max(at if begins else -inf, pending.at if pending else -inf)
        return (at if begins else now) - SECOND - TICK, until + TICK

    def since(self, moment: float, until: float = inf) -> Iterator[Line]:
        """Yield the lines that wait, ended since `moment` and began by `until`.

        Those that ended before are forgotten.
        """
        zone, waiting = self.reading.fleet.zone, list(self.waiting)
        self.waiting.clear()
        self.held = 0
        for one in waiting:
            if one.ended - zone < moment:
                continue
            every = one.every()
            wanted = {e for e, began in every.items() if began - zone <= until and e - zone >= moment}
            left = {e: began for e, began in every.items() if e not in wanted}
            if left:
                self._wait(one._replace(ended=max(left), spans=left, number=len(left)))
            if wanted and isinstance(one.what, Line):
                yield one.what
            elif wanted and isinstance(one.what, Stretch):
                yield from (line for _, line in one.place.requests(one.what, wanted))

    def learn(self) -> None:
        """Look which launches there are now."""
        lasts = [subject.last for subject in self.reading.fleet.subjects.values() if subject.last]
        self.launched = sorted((one.at, (one.ended_at or one.at) - one.at) for one in lasts)
        self.near = frozenset(int(at) + second for at, _ in self.launched for second in _NEAR)
