"""Which lines of requests count for a launch: those whose time may cover it (`state.requests`).

A request that may cover the last launch of a model is given at once. Any other may still belong to a launch
that ends within a second of it: it waits until the log has passed that moment, or so many lines.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, inf
from typing import NamedTuple

from ollama_watch.app.reading import SKEW, Reading
from ollama_watch.model import Line
from ollama_watch.parse.asked import SHORT, Asked, Stretch, requests
from ollama_watch.parse.clock import written
from ollama_watch.parse.line import LONGEST
from ollama_watch.sources.pieces import Piece
from ollama_watch.state.requests import HEARD, MOST, SECOND, TICK
from ollama_watch.state.subject import Subject

_NEAR = 2 * TICK  # s; sums of the same moments differ in their last digits
_BEGINS = (b"starting", b"load request=", b"n_slots")  # one of them is in a line that begins a launch


class Place(NamedTuple):
    """Where a piece stands in its log."""

    piece: Piece
    number: int  # of its first line

    def requests(self, one: Stretch, ended: Iterable[float]) -> Iterator[tuple[Asked, Line]]:
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
    """A stretch with requests that nobody has needed yet."""

    place: Place
    stretch: Stretch
    given: set[int]  # the lines that somebody has

    @property
    def first(self) -> int:
        return self.place.number + self.stretch.lines

    @property
    def requests(self) -> int:
        return len(self.stretch.short) + len(self.stretch.long)

    def lines(self, since: float, until: float) -> Iterator[Line]:
        """Yield those of requests that ended since then and began by then that nobody has."""
        short, long = self.stretch.short, self.stretch.long
        wanted = dict.fromkeys(one for one in short if one >= since and one - SHORT <= until)
        wanted |= dict.fromkeys(ended for ended, began in long if ended >= since and began <= until)
        for _, line in self.place.requests(self.stretch, wanted) if wanted else ():
            if line.number not in self.given:
                self.given.add(line.number)
                yield line


class _Launched(NamedTuple):
    """The last launch of a model."""

    before: float  # requests that began later are held against newer launches alone
    took: float  # s from its begin to its end, if that was told
    ready: float

    def covered(self, began: float, ended: float) -> bool:
        """Tell whether a request may have been there all the time."""
        return (
            began <= self.before + _NEAR
            and ended + SECOND + _NEAR >= self.ready
            and ended - began + _NEAR >= self.took
        )


@dataclass(slots=True)
class Requests:
    """The requests of one log that nobody has needed yet."""

    reading: Reading
    waiting: deque[_Waiting] = field(default_factory=deque)
    held: int = 0  # requests that wait, at the least: no launch remembers more than `HEARD`
    launched: list[_Launched] = field(default_factory=list)  # the newest first, as far back as was asked
    older: list[Subject] = field(default_factory=list)  # the rest of the models, the newest last
    oldest: float = inf  # when requests began that count for launches before those, at the latest
    near: set[float] = field(default_factory=set)  # seconds in which a short request that covers one may end
    learnt: tuple[object, ...] = ()  # what these were made of

    def covering(self, asked: Sequence[Stretch], place: Place) -> Iterator[Line]:
        """Yield the lines of those that may cover a launch; the others wait."""
        zone = self.reading.fleet.zone
        for one in asked:
            given = set()
            for found, line in place.requests(one, wanted) if (wanted := self._wanted(one)) else ():
                if self._covers(found.began - zone, found.ended - zone):
                    given.add(line.number)
                    yield line
            self._wait(_Waiting(place, one, given))

    def _wanted(self, one: Stretch) -> Iterable[float]:
        """Return the seconds in which those ended that may cover a launch."""
        self._learn()
        zone = self.reading.fleet.zone
        self._go_back(one.began - zone)
        newest = self.launched[0].before + zone + _NEAR if self.launched else -inf
        if one.began > newest:
            return ()
        wanted = dict.fromkeys(self.near.intersection(one.short))
        for ended, began in one.long:
            if began <= newest and self._covers(began - zone, ended - zone):
                wanted[ended] = None
        return wanted

    def _covers(self, began: float, ended: float) -> bool:
        for one in self.launched:
            if one.before + _NEAR < began:
                return False  # nor does it any before
            if one.covered(began, ended):
                return True
        return False

    def _wait(self, one: _Waiting) -> None:
        """Keep a stretch as long as a launch that comes or goes on may hear of it (`state.requests`)."""
        fleet, waiting = self.reading.fleet, self.waiting
        if one.stretch.ended - fleet.zone < fleet.now - SECOND - TICK:
            return
        waiting.append(one)
        self.held += one.requests
        since = min(one.first, fleet.pending.line if fleet.pending else one.first) - HEARD
        while len(waiting) > 1 and (waiting[1].first <= since or self.held - waiting[0].requests >= HEARD):
            self.held -= waiting.popleft().requests

    def before(self, line: Line) -> Iterator[Line]:
        """Yield the lines that wait and may belong to the launch that this line begins, or to one pending.

        It may have ended, or its arguments be known, when this line was read: they were heard before.
        """
        if not self.waiting:
            return
        text, fleet = line.text, self.reading.fleet
        begins = any(sign in text for sign in _BEGINS)
        found = written(text) if text.count(b"time=") == 1 else None
        if found and found[1] != fleet.zone:  # theirs was the one before
            yield from self.since(-inf)
        elif begins or fleet.pending:
            at, pending = found[0] if found else inf, fleet.pending
            until = max(at if begins else -inf, pending.at if pending else -inf)
            is_true = found and (not line.at or at - line.at <= SKEW)
            yield from self.since(max(fleet.now, at if is_true else fleet.now) - SECOND - TICK, until + TICK)

    def since(self, moment: float, until: float = inf) -> Iterator[Line]:
        """Yield the lines that wait, ended since `moment` and began by `until`.

        Those that ended before are forgotten.
        """
        zone = self.reading.fleet.zone
        self.waiting = deque(one for one in self.waiting if one.stretch.ended - zone >= moment)
        self.held = sum(one.requests for one in self.waiting)
        for one in self.waiting:
            yield from one.lines(moment + zone, until + zone)

    def forget(self) -> None:
        """Let nothing wait."""
        self.waiting.clear()
        self.held = 0

    def _learn(self) -> None:
        """Look which launches there are now."""
        fleet = self.reading.fleet
        pending = fleet.pending and (fleet.pending.index, fleet.pending.known)
        if self.learnt != (now := (fleet.count, fleet.zone, pending)):
            self.learnt, self.launched, self.near = now, [], set()
            self.older, self.oldest = list(fleet.subjects.values()), inf

    def _go_back(self, began: float) -> None:
        """Know all launches that a request which began then may count for: of a thousand models a few."""
        while self.older and self.oldest + _NEAR >= began:
            if (last := self.older.pop().last) is None:
                continue
            self.oldest, ready = min(self.oldest, last.at), last.ended_at or last.at
            if len(last.candidates) < MOST:
                self.launched.append(_Launched(self.oldest, ready - last.at, ready))
                self.near.update(_seconds(self.launched[-1], self.reading.fleet.zone))


def _seconds(one: _Launched, zone: int) -> Iterable[float]:
    """Return the local seconds in which a short request that covers a launch may have ended."""
    if one.took > SHORT + _NEAR:
        return ()
    first, last = one.ready - SECOND - _NEAR + zone, one.before + SHORT + _NEAR + zone
    return map(float, range(ceil(first), floor(last) + 1))
