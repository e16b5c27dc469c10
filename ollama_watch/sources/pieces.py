"""A log in pieces of whole lines, each with those of its lines that may announce something.

A file is cut into ranges, and a process a core searches every other one of them; what they find comes back in
order. Who reads a piece may ask for its bytes again.
"""

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import starmap
from typing import Any, BinaryIO, NamedTuple, Protocol

from ollama_watch.model import Line
from ollama_watch.parse.asked import Stretch
from ollama_watch.parse.telling import Sifted, Telling, holding, sift
from ollama_watch.sources.framing import SIGNS, framed
from ollama_watch.sources.lines import MOST
from ollama_watch.sources.notices import kind
from ollama_watch.sources.unpacked import unpacked

_RANGE = MOST - (1 << 16)  # bytes up to the line end that is looked for; a core's cache holds them
_LOOK = 1 << 12
_MANY, _MANY_PACKED = 16 << 20, 1 << 20  # bytes; below, a process costs more than it saves
_LARGEST = MOST + (1 << 20)  # bytes of whole lines out of one block and what the last one left

Read = Callable[[int, int], bytes]  # begin and end in the piece


def _line(text: bytes, number: int) -> Line:
    return Line(text, number, 0.0, kind=kind(text))


class Piece(NamedTuple):
    """Some whole lines; the last one of a log may lack its end."""

    length: int
    read: Read
    sifted: Sifted | None  # None: its lines have to be read one by one
    line: Callable[[bytes, int], Line] = _line  # from its text and its number
    number: int = 0  # of its first line; 0: the next one after the last piece
    lines: Sequence[Line] | None = None  # they have been read one by one


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
    cores = _cores()
    found = _by_many(file, size, cores) if cores > 1 and size >= _MANY else None
    for start, end in _ranges(file, size):
        one = next(found) if found else _sifted(file, (start, end))
        yield Piece(end - start, partial(_reread, file, start), one)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


def _by_many(file: int, size: int, cores: int) -> Iterator[Sifted | None]:
    from ollama_watch.sources.forked import in_order  # noqa: PLC0415  # Linux alone has what it needs

    work = partial(_read_plainly, file)
    return map(_named, in_order(work, partial(_ranges, file, size), cores))


def _read_plainly(file: int, place: tuple[int, int]) -> object:
    return _plain(_sifted(file, place))


def _plainly(block: bytes) -> object:
    return _plain(sifted(block))


def _plain(found: Sifted | None) -> object:
    """Return it as `marshal` knows it."""
    return found and (list(map(tuple, found.telling)), list(map(tuple, found.asked)), *found[2:])


def _named(found: Any) -> Sifted | None:
    return found and Sifted(list(starmap(Telling, found[0])), list(starmap(Stretch, found[1])), *found[2:])


def of_stream(stream: Stream) -> Iterator[Piece]:
    """Yield the pieces of what can be read once, from the beginning to the end."""
    return _held(_whole(iter(lambda: stream.read(_RANGE), b"")))


def of_gzip(stream: BinaryIO) -> Iterator[Piece]:
    """Yield the pieces of what is packed; raises EOFError, zlib.error or OSError."""
    blocks = _whole(unpacked(stream))
    cores = _cores()
    if cores == 1 or os.fstat(stream.fileno()).st_size < _MANY_PACKED:
        return _held(blocks)
    from ollama_watch.sources.dealt import searched  # noqa: PLC0415  # as above

    found = searched(blocks, _LARGEST, _plainly, cores)
    return (Piece(len(block), partial(_cut, block), _named(one)) for block, one in found)


def _whole(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield blocks of whole lines; of an endless one no more than `MOST` is kept."""
    rest = b""
    for block in blocks:
        head, newline, tail = block.partition(b"\n")
        rest += head
        if len(rest) > MOST:
            rest = rest.lstrip(b"\0")[:MOST]  # a hole in the file, see `sources.lines`
        if newline:
            whole, newline, begun = tail.rpartition(b"\n")
            yield rest + b"\n" + whole + newline
            rest = begun
    if rest:
        yield rest


def _held(blocks: Iterable[bytes]) -> Iterator[Piece]:
    return (Piece(len(block), partial(_cut, block), sifted(block)) for block in blocks)


def _cut(block: bytes, start: int, end: int) -> bytes:
    return block[start:end]


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
    return None if any(map(framed, holding(block, SIGNS))) else sift(block, prompts=True)
