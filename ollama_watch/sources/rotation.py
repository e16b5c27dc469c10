"""What became of a log file that was being read: renamed, copied, packed, or still there.

A file is known again by device, inode and first bytes; a copy or a packed one by its first bytes alone.
"""

import gzip
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ollama_watch.sources.position import Position

HEAD = 256  # bytes
_GZIP = b"\x1f\x8b"
BROKEN = (OSError, EOFError, zlib.error)


@dataclass(frozen=True, slots=True)
class Rest:
    """A rotated file that is to be read before the one that has its name now."""

    path: Path
    offset: int  # bytes of its unpacked text that were read already
    number: int = 0  # lines before that


def open_log(path: Path) -> BinaryIO:
    """Open a log to be read, unpacked if it is gzip; raises OSError."""
    stream = path.open("rb")
    if stream.peek(2)[:2] != _GZIP:
        return stream
    stream.close()
    return gzip.open(path)  # type: ignore[return-value]  # reads bytes


def rests(path: Path, position: Position) -> list[Rest]:
    """Return what was rotated away since `position` and not read, the oldest first.

    Empty if the file at `path` is still the one of `position`, or if the one of `position` is nowhere.
    """
    if not position.head or is_same(path, position):
        return []
    older = sorted(_siblings(path), key=_age)
    at = next((n for n, one in enumerate(older) if is_same(one, position)), None)
    if at is None:
        at = next((n for n, one in enumerate(older) if _begins_like(one, position)), None)
    if at is None:
        return []
    first = Rest(older[at], position.offset, position.number)
    newer = [one for one in older[at + 1 :] if not _begins_like(one, position)]  # its packed self, half done
    return [first, *(Rest(one, 0) for one in newer)]


def is_same(path: Path, position: Position) -> bool:
    """Tell whether the file at `path` is the one of `position`, and has not been cut since."""
    try:
        found = path.stat()
    except OSError:
        return False
    there = (found.st_dev, found.st_ino) == (position.device, position.inode)
    return there and found.st_size >= position.offset and _begins_like(path, position)


def _begins_like(path: Path, position: Position) -> bool:
    head = bytes.fromhex(position.head)
    with suppress(*BROKEN), open_log(path) as stream:
        return stream.read(len(head)) == head
    return False


def _siblings(path: Path) -> Iterator[Path]:
    """Yield server.log.1, server.log.2.gz, server.log-20260131, server-1.log: names that rotation makes."""
    stem, suffix = re.escape(path.stem), re.escape(path.suffix)
    rotated = re.compile(rf"{stem}(?:{suffix}[.-][\w.-]+|-[\w.-]*\d{suffix}(?:\.gz)?)")
    with suppress(OSError):
        for name in os.listdir(path.parent):  # noqa: PTH208  # names alone: there may be thousands
            if rotated.fullmatch(name):
                yield path.parent / name


def _age(path: Path) -> float:
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0
