r"""Requests that may have loaded a model, found in a block without reading their lines.

A busy server writes a line for each request, and next to none of them matters: only one whose time covers a
launch. So a block first tells of whole stretches of lines when their requests began and ended.
"""

import re
from collections.abc import Collection, Container, Iterator
from functools import lru_cache
from typing import NamedTuple

from ollama_watch.parse.clock import duration, local, longest
from ollama_watch.parse.counted import Counted

# Bytes, up to the line end that follows: the shorter a stretch the fewer requests are looked at for a launch
# that is close before it.
_SHORTEST, _LONGEST = 1 << 12, 1 << 15
_SHORT = 1.0  # s; what Go prints in ms, µs or ns took less
_STAMP = rb"\[GIN\] ([^|\[\n]{21}"  # 2026/01/31 - 12:00:00
_ACCESS = re.compile(
    _STAMP + rb") \|[^|\n]*+\|[ \t]*+([^\s|]*+)[^|\n]*+\|[^|\n]*+\|"
    rb'[^"\n]*+(?<!GET     )"/(?:api/(?:generate|chat|embed)|v1/)'
)
# The moment, and the latency where it is not short: of most lines the same text comes again and again.
_TIMES = re.compile(
    _STAMP + rb"(?: \|[^|\n]*+\|[ \t]*+(?!\d{1,3}(?:\.\d++)?(?:m|\xc2\xb5|\xce\xbc|u|n)s)[^|\s]++)?+)"
)


class Stretch(NamedTuple):
    """Some lines, and the time that the requests among them took up: local time as if it were UTC."""

    start: int  # in the block
    end: int  # behind the last line
    lines: int  # that end before it in the block
    began: float  # the first of them, at the earliest
    ended: float  # the last of them
    times: Collection[bytes]  # each once, see `spans`


class Asked(NamedTuple):
    """A request that may have loaded a model."""

    start: int  # of its line in the text
    began: float  # at the earliest; local time as if it were UTC
    ended: float


def requests(text: bytes, ended: Container[float]) -> Iterator[Asked]:
    """Yield those of whole lines that ended in one of these seconds."""
    for match in _ACCESS.finditer(text):
        stamp, latency = match.groups()
        moment = _ended(stamp)
        if moment is not None and moment in ended:
            start = text.rfind(b"\n", 0, match.start()) + 1
            yield Asked(start, _began(moment, latency), moment)


def stretches(counted: Counted, start: int, stop: int) -> Iterator[Stretch]:
    """Yield those with requests in them between two line starts of a block."""
    size = _SHORTEST
    while start < stop:
        end = counted.block.find(b"\n", min(start + size, stop) - 1) + 1
        size = min(size * 2, _LONGEST)
        times = set(_TIMES.findall(counted.block, start, end))
        if times and (bounds := _bounds(times)):
            yield Stretch(start, end, counted.before(start), *bounds, times)
        start = end


def _bounds(times: Collection[bytes]) -> tuple[float, float] | None:
    """Return when the first began, at the earliest, and when the last ended; None where none has a time."""
    short = [one for one in times if b"|" not in one]
    ends = (_ended(min(short)), _ended(max(short))) if short else ()
    if None in ends:  # not all are times
        found = spans(times)
    else:
        found = spans([one for one in times if b"|" in one])
        found |= {ended: ended - _SHORT for ended in ends if ended is not None}
    return (min(found.values()), max(found)) if found else None


def spans(times: Collection[bytes]) -> dict[float, float]:
    """Return when requests ended, and for each such second when the first of them began, at the earliest."""
    short = map(_ended, (one for one in times if b"|" not in one))
    found = {ended: ended - _SHORT for ended in short if ended is not None}
    for one in times:
        stamp, _, rest = one.partition(b" |")
        ended = _ended(stamp) if rest else None
        if ended is not None:
            began = _began(ended, rest.rpartition(b"|")[2])
            found[ended] = min(began, found.get(ended, began))
    return found


def _began(ended: float, latency: bytes) -> float:
    return ended - longest(duration(latency.decode("utf-8", "replace")))


@lru_cache(4096)
def _ended(stamp: bytes) -> float | None:
    date, _, time = stamp.decode("utf-8", "replace").strip().partition(" - ")
    return local(date, time)
