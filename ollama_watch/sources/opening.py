"""Opening a log without waiting: a pipe in its place would stop the whole program until somebody writes."""

import errno
import os
import stat
from pathlib import Path
from typing import Any, BinaryIO, cast

_GZIP = b"\x1f\x8b"
_AT_ONCE = os.O_NONBLOCK | os.O_NOCTTY


def open_log(path: Path) -> BinaryIO:
    """Open a log to be read, unpacked if it is gzip; raises OSError."""
    stream = open_regular(path)
    if stream.peek(2)[:2] != _GZIP:
        return cast(BinaryIO, stream)
    stream.close()
    import gzip  # noqa: PLC0415  # most rotated logs are not packed, and it costs each start

    return gzip.open(path)  # type: ignore[return-value]  # reads bytes


def open_regular(path: Path, *, buffering: int = -1) -> Any:
    """Open a regular file as it stands there; raises OSError."""
    stream = open(path, "rb", buffering, opener=_at_once)  # noqa: SIM115  # who asks closes it
    if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        return stream
    stream.close()
    raise OSError(errno.EINVAL, "is no regular file")


def _at_once(name: str, flags: int) -> int:
    return os.open(name, flags | _AT_ONCE)
