"""Small text files of others: read up to a bound, and nothing but files."""

import os
import stat
from pathlib import Path

_LARGEST = 256 << 10  # bytes; a unit or a shell's file has some hundred lines


def text_of(path: Path, *, quiet: bool = True) -> str | None:
    """Return the beginning of a file; None where it cannot be read, or (not `quiet`) an OSError.

    A fifo or a device at its place is not waited for.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            return os.read(descriptor, _LARGEST).decode("utf-8", "replace")
        finally:
            os.close(descriptor)
    except OSError:
        if quiet:
            return None
        raise
