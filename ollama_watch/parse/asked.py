r"""Requests that may have loaded a model, found in a block without reading their lines.

A busy server writes a line for each request, and next to none of them matters: only one whose time covers a
launch. So a block first tells of whole stretches of lines when their requests began and ended.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from ollama_watch.parse.clock import duration, local, longest

# Bytes, up to the line end that follows: the shorter a stretch the fewer requests are looked at for a launch
# that is close before it.
_SHORTEST, _LONGEST = 1 << 12, 1 << 16
_SHORT = 1.0  # s; what Go prints in ms, µs or ns took less
_STAMP = rb"\[GIN\] ([^|\[\n]*+)"
_ACCESS = re.compile(
    _STAMP + rb"\|[^|\n]*+\|[ \t]*+([^\s|]*+)[^|\n]*+\|[^|\n]*+\|"
    rb'[^"\n]*+(?<!GET     )"/(?:api/(?:generate|chat|embed)|v1/)'
)
# The moment, and the latency where it is not short: of most lines the same text comes again and again.
_TIMES = re.compile(
    _STAMP[:-1] + rb"(?:\|[^|\n]*+\|[ \t]*+(?!\d{1,3}(?:\.\d++)?(?:m|\xc2\xb5|\xce\xbc|u|n)s)[^|\s]++)?+)"
)


class Stretch(NamedTuple):
    """Some lines, and what time the requests among them took up: local time as if it were UTC."""

    start: int  # in the block
    end: int  # behind the last line
    began: float  # of the first, at the earliest
    ended: float  # of the last


class Asked(NamedTuple):
    """A request that may have loaded a model."""

    start: int  # of its line in the text
    began: float  # at the earliest; local time as if it were UTC
    ended: float


def requests(text: bytes) -> Iterator[Asked]:
    """Yield those of whole lines."""
    for match in _ACCESS.finditer(text):
        stamp, latency = match.groups()
        ended = _ended(stamp)
        if ended is not None:
            start = text.rfind(b"\n", 0, match.start()) + 1
            yield Asked(start, _began(ended, latency), ended)


def stretches(block: bytes, stops: Iterable[tuple[int, int]]) -> Iterator[Stretch]:
    """Yield those with requests in them; none goes across the lines with these begins and ends."""
    at = 0
    for stop, over in (*stops, (len(block), len(block))):
        size = _SHORTEST
        while at < stop:
            end = block.find(b"\n", min(at + size, stop) - 1) + 1
            size = min(size * 2, _LONGEST)
            if found := _TIMES.findall(block, at, end):
                yield from _stretch(at, end, found)
            at = end
        at = over + 1


def _stretch(start: int, end: int, found: Sequence[bytes]) -> Iterator[Stretch]:
    spans = [span for times in set(found) if (span := _span(times))]
    if spans:
        yield Stretch(start, end, min(spans)[0], max(ended for _, ended in spans))


def _span(times: bytes) -> tuple[float, float] | None:
    """Return when a request began at the earliest, and when it ended; None where that is no time."""
    stamp, _, rest = times.partition(b"|")
    ended = _ended(stamp)
    if ended is None:
        return None
    return _began(ended, rest.rpartition(b"|")[2]) if rest else ended - _SHORT, ended


def _began(ended: float, latency: bytes) -> float:
    return ended - longest(duration(latency.decode("utf-8", "replace")))


@lru_cache(4096)
def _ended(stamp: bytes) -> float | None:
    date, _, time = stamp.decode("utf-8", "replace").strip().partition(" - ")
    return local(date, time)
