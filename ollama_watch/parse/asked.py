r"""Requests that may have loaded a model, found in a block without reading their lines.

A busy server writes a line for each request, and next to none of them matters: only one whose time covers a
launch. So a block first tells of whole stretches of lines when their requests began and ended.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ollama_watch.parse.clock import duration, local, longest
from ollama_watch.parse.counted import Counted

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
    lines: int  # that end before it in the block


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


def stretches(counted: Counted, start: int, stop: int) -> Iterator[Stretch]:
    """Yield those with requests in them between two line starts of a block."""
    size = _SHORTEST
    while start < stop:
        end = counted.block.find(b"\n", min(start + size, stop) - 1) + 1
        size = min(size * 2, _LONGEST)
        if spans := [span for one in set(_TIMES.findall(counted.block, start, end)) if (span := _span(one))]:
            ended = max(ended for _, ended in spans)
            yield Stretch(start, end, min(spans)[0], ended, counted.before(start))
        start = end


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
