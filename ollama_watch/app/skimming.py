"""A log of which only those lines are read that change what is known.

What the lines in between say counts only at times: while a model loads, or the dump of its blob is open, they
are searched for the signs of that; those of requests, see `app.asking`.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import inf

from ollama_watch.app.asking import Place, Requests
from ollama_watch.app.reading import Reading
from ollama_watch.model import Line
from ollama_watch.parse.telling import Sifted, loading
from ollama_watch.sources.framing import Unframer
from ollama_watch.sources.lines import Splitter
from ollama_watch.sources.notices import kind
from ollama_watch.sources.pieces import Piece

_BLOCK = 1 << 18  # bytes of lines that are read one by one


@dataclass(slots=True)
class Skimmed:
    """The lines of one log, given once. `count` and `size` are those of all its lines so far."""

    pieces: Iterable[Piece]
    count: int = 0
    size: int = 0
    every: bool = False  # the pieces tell of all lines but requests: none is searched for loads
    _number: int = 0  # physical lines before the piece at hand
    _unframer: Unframer = field(default_factory=Unframer)

    def lines(self, reading: Reading) -> Iterator[Line]:
        """Yield the lines that may tell `reading`, which has taken in each before the next is asked for."""
        requests = Requests(reading)
        for piece in self.pieces:
            yield from self.of(piece, requests)

    def of(self, piece: Piece, requests: Requests) -> Iterator[Line]:
        """Yield those of the next piece."""
        if piece.lines is not None:
            yield from requests.since(-inf)
            yield from self._given(piece.lines)
        elif piece.sifted is None or self._unframer.joining:
            yield from requests.since(-inf)
            yield from self._each(piece)
        else:
            yield from self._some(piece, piece.sifted, requests)

    def _each(self, piece: Piece) -> Iterator[Line]:
        splitter = Splitter(self._number)
        for at in range(0, piece.length, _BLOCK):
            yield from self._framed(splitter.feed(piece.read(at, min(at + _BLOCK, piece.length))), splitter)
        yield from self._framed(splitter.finish(), splitter)
        self._number = splitter.count

    def _framed(self, texts: Iterable[bytes], splitter: Splitter) -> Iterator[Line]:
        for text in texts:
            if found := self._unframer.feed(text, splitter.count):
                self.count += 1
                self.size += len(found[0]) + 1
                yield Line(*found, 0.0, kind=kind(found[0]))

    def _given(self, lines: Sequence[Line]) -> Iterator[Line]:
        for line in lines:
            self.count += 1
            self.size += len(line.text) + 1
            yield line

    def _some(self, piece: Piece, sifted: Sifted, requests: Requests) -> Iterator[Line]:
        first, at, passed, done, told = piece.number or self._number + 1, 0, 0, 0, 0
        reading, place = requests.reading, Place(piece, first)
        for one in sifted.telling:
            done, before = bisect_left(sifted.asked, (one.start,), done), done
            yield from requests.covering(sifted.asked[before:done], place)
            told, before = bisect_left(sifted.prompts, (one.start,), told), told
            reading.prompted([tokens for _, tokens in sifted.prompts[before:told]])
            if reading.loading and not self.every:
                yield from _between(piece, reading, (at, one.start), first + passed)
            at, passed = one.end + 1, one.lines + 1
            line = piece.line(one.text, first + one.lines)
            yield from requests.before(line)
            yield line
        yield from requests.covering(sifted.asked[done:], place)
        reading.prompted([tokens for _, tokens in sifted.prompts[told:]])
        if reading.loading and not self.every:
            yield from _between(piece, reading, (at, piece.length), first + passed)
        self._number += sifted.lines
        self.count += sifted.lines
        self.size += sifted.size


def _between(piece: Piece, reading: Reading, place: tuple[int, int], number: int) -> Iterator[Line]:
    """Yield the lines of a stretch of a piece that tell how a model loads; its first has that number."""
    start, end = place
    if start >= end:  # the last line may lack its end, but not for those who look for lines in it
        return
    text = piece.read(start, end)
    for one in loading(text if text.endswith(b"\n") else text + b"\n", dump=reading.dumping):
        yield piece.line(one.text, number + one.lines)


@dataclass(slots=True)
class Each:
    """The same of lines that are all looked at."""

    given: Iterable[Line]
    count: int = 0
    size: int = 0

    def lines(self, reading: Reading) -> Iterator[Line]:
        for line in self.given:
            self.count += 1
            self.size += len(line.text) + 1
            yield line


Lines = Iterable[Line] | Skimmed
