"""A log in pieces of whole lines, each with those of its lines that may announce something.

A file is cut into ranges, and a process a core searches every other one of them; what they find comes back in
order. Who reads a piece may ask for its bytes again.
"""

import os
import stat
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import starmap
from typing import BinaryIO, NamedTuple, Protocol

from ollama_watch.parse.asked import Stretch
from ollama_watch.parse.telling import Sifted, Telling, holding, sift
from ollama_watch.sources.framing import SIGNS, framed
from ollama_watch.sources.lines import MOST

_RANGE = MOST - (1 << 16)  # bytes up to the line end that is looked for; a core's cache holds them
_LOOK = 1 << 12
_MANY = 16 << 20  # bytes; below, a process costs more than it saves

Read = Callable[[int, int], bytes]  # begin and end in the piece


class Piece(NamedTuple):
    """Some whole lines; the last one of a log may lack its end."""

    length: int
    read: Read
    sifted: Sifted | None  # None: its lines have to be read one by one


class Stream(Protocol):
    """What bytes can be read from."""

    def read(self, size: int, /) -> bytes: ...


def is_plain(stream: BinaryIO) -> bool:
    """Tell whether a file can be read from any place, and says how long it is."""
    found = os.fstat(stream.fileno())
    return stat.S_ISREG(found.st_mode) and found.st_size > 0


def of_file(stream: BinaryIO) -> Iterator[Piece]:
    """Yield the pieces of a file as long as it is now."""
    file = stream.fileno()
    size = os.fstat(file).st_size
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
    found = _by_many(file, size, cores) if cores > 1 and size >= _MANY else None
    for start, end in _ranges(file, size):
        one = next(found) if found else _sifted(file, (start, end))
        yield Piece(end - start, partial(_reread, file, start), one)


def _by_many(file: int, size: int, cores: int) -> Iterator[Sifted | None]:
    from ollama_watch.sources.forked import in_order  # noqa: PLC0415  # Linux alone has what it needs

    for found in in_order(partial(_marshalled, file), partial(_ranges, file, size), cores):
        yield found and Sifted(list(starmap(Telling, found[0])), list(starmap(Stretch, found[1])), *found[2:])


def _marshalled(file: int, place: tuple[int, int]) -> tuple[object, ...] | None:
    found = _sifted(file, place)
    return found and ([tuple(one) for one in found.telling], [tuple(one) for one in found.asked], *found[2:])


def of_stream(stream: Stream) -> Iterator[Piece]:
    """Yield the pieces of what can be read once, from the beginning to the end."""
    rest = b""
    while block := stream.read(_RANGE):
        head, newline, tail = block.partition(b"\n")
        rest = (rest + head)[:MOST]  # of an endless line no more is kept
        if newline:
            whole, newline, begun = tail.rpartition(b"\n")
            yield _held(rest + b"\n" + whole + newline)
            rest = begun
    if rest:
        yield _held(rest)


def _held(block: bytes) -> Piece:
    return Piece(len(block), lambda start, end: block[start:end], sifted(block))


def _reread(file: int, at: int, start: int, end: int) -> bytes:
    return os.pread(file, end - start, at + start)


def _ranges(file: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield where whole lines begin and end; a range is only longer than `MOST` where a line is."""
    start = 0
    while start < size:
        end = _line_end(file, min(start + _RANGE, size), size)
        yield start, end
        start = end


def _line_end(file: int, at: int, size: int) -> int:
    while at < size:
        found = os.pread(file, min(_LOOK, size - at), at)
        if not found:
            return size
        if (end := found.find(b"\n")) >= 0:
            return at + end + 1
        at += len(found)
    return size


def _sifted(file: int, place: tuple[int, int]) -> Sifted | None:
    start, end = place
    return sifted(os.pread(file, end - start, start)) if end - start <= MOST else None


def sifted(block: bytes) -> Sifted | None:
    """Return what a piece tells; None where a container runtime wrote around its lines."""
    if not block.endswith(b"\n"):
        block += b"\n"
    return None if any(map(framed, holding(block, SIGNS))) else sift(block)
