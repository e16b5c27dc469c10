"""Reading files that somebody else wrote: regular ones only, never waiting, never more than was asked for."""

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# A file that was exchanged for a FIFO meanwhile must not make us wait, nor a terminal become ours.
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY


class Refused(Exception):  # noqa: N818  # an answer, not a fault
    """What is there is not what is read here: no regular file, too large, lying, or out of its folder."""


@contextmanager
def opened(path: str, root: str | None = None) -> Iterator[tuple[int, int]]:
    """Yield the descriptor and the size of the regular file at `path`; raises OSError, Refused.

    `root`: a real path. A link is then followed only to what lies below it.
    """
    try:
        found = os.lstat(path)
    except ValueError as error:  # a NUL in it
        raise Refused(str(error)) from error
    link = stat.S_ISLNK(found.st_mode)
    if link and root is not None and not below(path, root):
        raise Refused("a link that leads out of its folder")
    # Opening a device may do something; so look first.
    if not stat.S_ISREG((Path(path).stat() if link else found).st_mode):
        raise Refused("no regular file")
    descriptor = os.open(path, _FLAGS | (0 if link else os.O_NOFOLLOW))
    try:
        now = os.fstat(descriptor)
        if not stat.S_ISREG(now.st_mode):
            raise Refused("no regular file any more")
        yield descriptor, now.st_size
    finally:
        os.close(descriptor)


def content(path: str, most: int, root: str | None = None) -> bytes:
    """Return all of a file of at most `most` bytes; raises OSError, Refused."""
    with opened(path, root) as (descriptor, _):
        data = b""
        while part := os.read(descriptor, most + 1 - len(data)):
            data += part
    if len(data) > most:
        raise Refused("too large")
    return data


def document(data: bytes) -> object:
    """Return what JSON text says; raises Refused."""
    try:
        return json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise Refused("no JSON") from error


def below(path: str, root: str) -> bool:
    """Tell whether `path`, its links followed, lies below the real path `root`."""
    return Path(os.path.realpath(path)).is_relative_to(root)
