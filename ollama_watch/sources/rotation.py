"""What became of a log file that was being read: renamed, copied, packed, or still there.

A file is known again by device, inode and first bytes; a copy or a packed one by its first bytes alone. One
that is nowhere any more leaves what was written to rotated files later than to it.

Names are given to other files at any moment: what was opened is held against what was found, and each step
from one file to the next looks anew.
"""

import errno
import os
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ollama_watch.sources.opening import open_log, open_regular
from ollama_watch.sources.position import Position

HEAD = 256  # bytes by which a file is known again, if there is a whole line in them
_TRIES = 10  # while names change under our hands
BROKEN = (OSError, EOFError, zlib.error)


@dataclass(frozen=True, slots=True)
class Found:
    """A log that is open, and where to go on in it."""

    stream: BinaryIO
    offset: int = 0  # bytes of its unpacked text that were read already
    number: int = 0  # lines before that
    live: bool = True  # it is the one that has the name, no rotated one


@dataclass(frozen=True, slots=True)
class _Rotated:
    """A file beside the log, as it was when it was found."""

    path: Path
    status: os.stat_result

    @property
    def age(self) -> tuple[int, int, str]:
        """What sorts the oldest first: two rotations in a row may fall into one tick of the file's clock."""
        number = re.search(r"\.(\d{1,4})(?:\.gz)?$", self.path.name)
        return self.status.st_mtime_ns, -int(number[1]) if number else 0, self.path.name


def find(path: Path, after: Position | None, *, done: bool = False) -> Found:
    """Open what is to be read from a place on: a rotated file, else the one that has the name.

    `done`: the file of that place was read to its end. Raises OSError if there is nothing.
    """
    for _ in range(_TRIES):
        with suppress(_Moved):
            return _found(path, after, done=done)
    raise OSError(errno.EAGAIN, "is rotated faster than it can be opened")


def _found(path: Path, after: Position | None, *, done: bool) -> Found:
    """Open the log first: what was rotated away before that is seen after it."""
    try:
        named: BinaryIO = open_regular(path, buffering=0)
    except OSError:
        if unread := _unread(path, _status(path), after, done=done):
            return _first(unread)
        raise
    with ExitStack() as opened:
        opened.push(named)
        status = os.fstat(named.fileno())
        if after and not done and _goes_on(named, status, after):
            found = Found(named, after.offset, after.number)
        elif unread := _unread(path, status, after, done=done):
            return _first(unread)
        else:
            found = Found(named)
        opened.pop_all()
        return found


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


class _Moved(Exception):  # noqa: N818  # no error: look again
    """A name means another file by now."""


def _goes_on(stream: BinaryIO, status: os.stat_result, place: Position) -> bool:
    """Tell whether an open file is the one of a place, and has not been cut since."""
    head = bytes.fromhex(place.head)
    same = _is_at(status, place) and status.st_size >= place.offset
    return same and bool(head) and os.pread(stream.fileno(), len(head), 0) == head


def _first(unread: Iterable[tuple[_Rotated, int, int]]) -> Found:
    """Open the first that can be opened."""
    for one, offset, number in unread:
        try:
            stream = open_log(one.path)
        except FileNotFoundError as error:
            raise _Moved from error
        except OSError:
            continue
        if os.path.samestat(os.fstat(stream.fileno()), one.status):
            return Found(stream, offset, number, live=False)
        stream.close()
        raise _Moved
    raise OSError(errno.EIO, "its rotated files cannot be read")


def _unread(
    path: Path, named: os.stat_result | None, place: Position | None, *, done: bool
) -> list[tuple[_Rotated, int, int]]:
    """Return the rotated files that are to be read from `place` on, with offset and number; oldest first."""
    if place is None:
        return []
    older = sorted(_rotated(path, place, named), key=lambda one: one.age)
    at = next((n for n, one in enumerate(older) if _is_same(one, place)), None)
    if at is None and place.head:
        at = next((n for n, one in enumerate(older) if _begins_like(one.path, place)), None)
    later = [one for one in older if place.modified and one.status.st_mtime_ns > place.modified]
    if at is None:
        return [(one, 0, 0) for one in later]
    first = [] if done else [(older[at], place.offset, place.number)]
    # Nothing was read of it: it may have been written, copied and cut before it was rotated.
    copies = [] if place.head else [(one, 0, 0) for one in older[:at] if one in later]
    newer = [one for one in older[at + 1 :] if not (place.head and _begins_like(one.path, place))]
    # An empty one may be the next log.
    return [*copies, *first, *((one, 0, 0) for one in newer if one.status.st_size)]


def _is_same(one: _Rotated, place: Position) -> bool:
    if not place.head:  # nothing was read of it: an inode alone may have been given away
        return _is_at(one.status, place) and one.status.st_mtime_ns >= place.modified
    return _is_at(one.status, place) and one.status.st_size >= place.offset and _begins_like(one.path, place)


def _is_at(status: os.stat_result, place: Position) -> bool:
    return _identity(status) == (place.device, place.inode)


def _begins_like(path: Path, position: Position) -> bool:
    head = bytes.fromhex(position.head)
    with suppress(*BROKEN), open_log(path) as stream:
        return stream.read(len(head)) == head
    return False


def _rotated(path: Path, place: Position, named: os.stat_result | None) -> list[_Rotated]:
    """Return the files beside the log and beside what it links to, without the one that has the name.

    Empty ones are left out: a log that is made ready before it gets the name was not rotated. Raises _Moved
    if names were given to other files meanwhile: one of them may have been missed.
    """
    there = _beside(path, place)
    half_done = {name for name in there if name.suffix == ".gz" and name.with_suffix("") in there}
    files = {_identity(one): name for name, one in there.items() if name not in half_done}
    if named:
        files.pop(_identity(named), None)
    again = _beside(path, place)
    now = _status(path)
    if (now and _identity(now)) != (named and _identity(named)) or _identities(again) != _identities(there):
        raise _Moved
    found = (_Rotated(name, there[name]) for name in files.values())
    return [one for one in found if one.status.st_size or _is_at(one.status, place)]


def _beside(path: Path, place: Position) -> dict[Path, os.stat_result]:
    """Return what may be rotated files of a log."""
    real = Path(place.path) if place.path else path
    logs = dict.fromkeys((path, Path(os.path.realpath(path)), real))  # Path.resolve() minds a loop
    names = {real, *(sibling for log in logs for sibling in _siblings(log))} - {path}
    there: dict[Path, os.stat_result] = {}
    for name in names:
        with suppress(OSError):
            there[name] = name.stat()
    return there


def _identities(files: Mapping[Path, os.stat_result]) -> dict[Path, tuple[int, int]]:
    return {name: _identity(one) for name, one in files.items()}


def _identity(one: os.stat_result) -> tuple[int, int]:
    return one.st_dev, one.st_ino


def _siblings(path: Path) -> Iterator[Path]:
    """Yield server.log.1, server.log.2.gz, server.log-20260131, server-1.log: names that rotation makes."""
    stem, suffix = re.escape(path.stem), re.escape(path.suffix)
    rotated = re.compile(rf"{stem}(?:{suffix}[.-][\w.-]+|-[\w.-]*\d{suffix}(?:\.gz)?)")
    with suppress(OSError):
        for name in os.listdir(path.parent):  # noqa: PTH208  # names alone: there may be thousands
            if rotated.fullmatch(name):
                yield path.parent / name
