r"""Requests that may have loaded a model, found in a block without reading their lines.

A busy server writes a line for each request, and next to none of them matters: only one whose time covers a
launch. So a block first tells of whole stretches of lines when their requests began and ended.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from ollama_watch.parse.clock import duration, local, longest, read_as_utc
from ollama_watch.parse.counted import Counted

# Bytes, up to the line end that follows: the shorter a stretch the fewer requests are looked at for a launch
# that is close before it.
_SHORTEST, _LONGEST = 1 << 12, 1 << 15
_READ = _LONGEST + (64 << 10)  # bytes of a stretch: more is of one line, and longer than any that is read
SHORT = 1.0  # s; what Go prints in ms, µs or ns took less
_BEGIN = b"[GIN] "
_STAMP = re.escape(_BEGIN) + rb"([^|\[\n]{21}"  # 2026/01/31 - 12:00:00
_COLUMN = rb"[^|\n]{0,300}+\|"  # with no bound a line of many heads costs their square
_ACCESS = re.compile(
    rb"%b%b[ \t]{0,300}+([^\s|]{0,300}+)%b%b" % (_COLUMN, _COLUMN, _COLUMN, _COLUMN)
    + rb'[^"\n]{0,300}+(?<!GET     )"/(?:api/(?:generate|chat|embed)|v1/)'
)
# The moment, and the latency where it is not short: of most lines the same text comes again and again.
_TIMES = re.compile(
    _STAMP + rb")(?: \|[^|\n]*+\|[ \t]*+(?!\d{1,3}(?:\.\d++)?(?:m|\xc2\xb5|\xce\xbc|u|n)s)([^|\s]++))?+"
)


class Stretch(NamedTuple):
    """Some lines, and when the requests among them ended: local time as if it were UTC, cut to seconds."""

    start: int  # in the block
    end: int  # behind the last line
    lines: int  # that end before it in the block
    began: float  # the first request, at the earliest
    ended: float  # the last one
    short: list[float]  # when those ended that took less than a second, each moment once
    long: list[tuple[float, float]]  # when the others ended and began, at the earliest; in order


class Asked(NamedTuple):
    """A request that may have loaded a model."""

    start: int  # of its line in the text
    began: float  # at the earliest; local time as if it were UTC
    ended: float


def requests(text: bytes, ended: Iterable[float]) -> list[Asked]:
    """Return those of whole lines that ended in one of these seconds, in order; at most one a line."""
    found: dict[int, Asked] = {}
    for moment in ended:
        begin = _BEGIN + read_as_utc(moment).encode()
        at = text.find(begin, 0, _READ)
        while at >= 0:
            if match := _ACCESS.match(text, at + len(begin)):
                start = text.rfind(b"\n", 0, at) + 1
                found.setdefault(start, Asked(start, _began(moment, match[1]), moment))
                at = text.find(b"\n", at)
            at = text.find(begin, at + 1, _READ) if at >= 0 else at
    return sorted(found.values())


def stretches(counted: Counted, start: int, stop: int) -> Iterator[Stretch]:
    """Yield those with requests in them between two line starts of a block."""
    size = _SHORTEST
    while start < stop:
        end = counted.block.find(b"\n", min(start + size, stop) - 1) + 1
        size = min(size * 2, _LONGEST)
        short, long = _spans(set(_TIMES.findall(counted.block, start, min(end, start + _READ))))
        if short or long:
            ended = max(*short[-1:], *(one[0] for one in long[-1:]), 0.0)
            began = min((*(one - SHORT for one in short[:1]), *(one[1] for one in long)))
            yield Stretch(start, end, counted.before(start), began, ended, short, long)
        start = end


def _spans(times: Collection[tuple[bytes, bytes]]) -> tuple[list[float], list[tuple[float, float]]]:
    """Return when short requests ended, and when long ones ended and began; both in order."""
    ends = [(_ended(stamp), latency) for stamp, latency in times]
    short = [ended for ended, latency in ends if ended is not None and not latency]
    long = [(ended, _began(ended, latency)) for ended, latency in ends if ended is not None and latency]
    return sorted(short), sorted(long)


def _began(ended: float, latency: bytes) -> float:
    if latency[-1:] == b"s" and latency[-2:-1].isdigit() and latency[:1].isdigit():
        with suppress(ValueError):  # the commonest first: "12.345s"
            return ended - longest(float(latency[:-1]))
    return ended - longest(duration(latency.decode("utf-8", "replace")))


@lru_cache(4096)
def _ended(stamp: bytes) -> float | None:
    date, _, time = stamp.decode("utf-8", "replace").strip().partition(" - ")
    return local(date, time)
