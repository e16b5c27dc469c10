"""The kernel's word that something changed in a folder: inotify(7). The loop itself waits for its descriptor.

What happens to one file while nobody reads is one event, so a log that grows by thousands of lines a second
costs no more here than one that grows by a line. Other systems have `sources.observed`.
"""

import ctypes
import errno
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

# <sys/inotify.h>; not that a file was closed: its writes have rung, nor opened: we do that ourselves
_MODIFY, _ATTRIB, _MOVED_FROM, _MOVED_TO, _CREATE, _DELETE = 0x2, 0x4, 0x40, 0x80, 0x100, 0x200
_NEWS = _MODIFY | _ATTRIB | _MOVED_FROM | _MOVED_TO | _CREATE | _DELETE
_BLOCK = 1 << 16  # bytes; a busy folder has more, and rings again
_LATER = (errno.ENOENT, errno.EACCES, errno.ENOTDIR)  # may be there, or ours, one day


class Folders:
    """Readable when something changed in one of them. Belongs to the loop's thread."""

    def __init__(
        self, descriptor: int, add: Callable[[int, bytes, int], int], folders: Iterable[Path]
    ) -> None:
        self._descriptor, self._add = descriptor, add
        self._missing = list(folders)
        self._watch_missing()

    def fileno(self) -> int:
        return self._descriptor

    def hush(self) -> None:
        """Forget what was rung for so far; watch folders that have come."""
        with suppress(BlockingIOError):
            os.read(self._descriptor, _BLOCK)
        if self._missing:
            self._watch_missing()

    def close(self) -> None:
        os.close(self._descriptor)

    def _watch_missing(self) -> None:
        self._missing = [one for one in self._missing if not self._is_settled(one)]

    def _is_settled(self, folder: Path) -> bool:
        """Watch it; tell whether that needs no other try: without a watch it is looked at each second."""
        added = self._add(self._descriptor, os.fsencode(folder), _NEWS) >= 0
        return added or ctypes.get_errno() not in _LATER


def watched(folders: Iterable[Path]) -> Folders | None:
    """Return what watches `folders`; None where inotify cannot be had: the loop asks every second anyway."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        begin, add = libc.inotify_init1, libc.inotify_add_watch
    except (AttributeError, OSError, TypeError):  # not this system
        return None
    add.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_uint32)
    descriptor = begin(os.O_NONBLOCK | os.O_CLOEXEC)
    return Folders(descriptor, add, folders) if descriptor >= 0 else None
