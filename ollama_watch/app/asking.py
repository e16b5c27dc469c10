"""Which lines of requests count for a launch: those whose time may cover it (`state.requests`).

A request that may cover the last launch of a model is given at once. Any other may still belong to a launch
that ends within a second of it: it waits until the log has passed that moment.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import inf

from ollama_watch.app.reading import Reading
from ollama_watch.model import Line
from ollama_watch.parse.clock import written
from ollama_watch.parse.line import LONGEST
from ollama_watch.parse.telling import Asked
from ollama_watch.sources.pieces import Piece
from ollama_watch.state.requests import HEARD, MINUTE, SECOND, TICK

_MOSTLY = 1 << 10  # bytes of a line
_ENDS = (b"msg=", b"n_slots")  # one of them is in every line that ends a launch


@dataclass(slots=True)
class Place:
    """Where the lines of one piece stand; quick where one asks for them in their order."""

    piece: Piece
    number: int  # of the line at `at`
    at: int = 0

    def line(self, start: int) -> Line:
        between = self.piece.read(*sorted((self.at, start))).count(b"\n")
        self.number += between if start > self.at else -between
        self.at = start
        text, newline, _ = self._read(start, _MOSTLY).partition(b"\n")
        if not newline:
            text = self._read(start, LONGEST + 2).partition(b"\n")[0]
        return self.piece.line(text.removesuffix(b"\r"), self.number)

    def _read(self, start: int, length: int) -> bytes:
        return self.piece.read(start, min(start + length, self.piece.length))


@dataclass(slots=True)
class Requests:
    """The requests of one log that nobody has needed yet."""

    reading: Reading
    # When it was done, and where its line stands.
    waiting: deque[tuple[float, int, Place]] = field(default_factory=lambda: deque(maxlen=HEARD))
    launched: list[float] = field(default_factory=list)  # when each model was launched last, in order

    def covering(self, asked: Sequence[Asked], place: Place) -> Iterator[Line]:
        """Yield the lines of those that may cover a launch; the others wait."""
        launched, zone = self.launched, self.reading.fleet.zone
        for start, ended, longest in asked:
            done = ended - zone
            began = done - longest - (SECOND if longest >= MINUTE else 0.0)
            at = bisect_left(launched, began - TICK)
            if at < len(launched) and launched[at] <= done + SECOND + TICK:
                yield place.line(start)
            else:
                self.waiting.append((ended, start, place))

    def before(self, text: bytes) -> Iterator[Line]:
        """Yield the lines that wait and may belong to a launch which this line ends."""
        if not self.waiting or not any(sign in text for sign in _ENDS):
            return
        found = written(text) if text.count(b"time=") == 1 else None
        if found and found[1] == self.reading.fleet.zone:
            yield from self.since(max(found[0], self.reading.fleet.now) - SECOND - TICK)
        else:
            yield from self.since(-inf)

    def since(self, moment: float) -> Iterator[Line]:
        """Yield the lines that wait and were done since then, and forget all others."""
        zone = self.reading.fleet.zone
        lines = [place.line(start) for ended, start, place in self.waiting if ended - zone >= moment]
        self.waiting.clear()
        yield from lines

    def learn(self) -> None:
        """Look which launches there are now."""
        lasts = [subject.last.at for subject in self.reading.fleet.subjects.values() if subject.last]
        self.launched = sorted(lasts)
