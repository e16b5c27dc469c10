"""The kernel's word that something changed in a folder: inotify(7), by `watchdog`'s calls of it.

The loop itself waits for the descriptor: an observer's threads would wake for each line.
What happens to one file while nobody reads is one event, so a log that grows by thousands of lines a second
costs no more here than one that grows by a line. Other systems have `sources.observed`.
"""

import ctypes
import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from watchdog.observers.inotify_c import InotifyConstants, inotify_add_watch, inotify_init

# Not that a file was closed: its writes have rung; nor opened: we do that ourselves.
_NEWS = (
    InotifyConstants.IN_MODIFY
    | InotifyConstants.IN_ATTRIB
    | InotifyConstants.IN_MOVED_FROM
    | InotifyConstants.IN_MOVED_TO
    | InotifyConstants.IN_CREATE
    | InotifyConstants.IN_DELETE
)
_BLOCK = 1 << 16  # bytes; a busy folder has more, and rings again
_LATER = (errno.ENOENT, errno.EACCES, errno.ENOTDIR)  # may be there, or ours, one day


class Folders:
    """Readable when something changed in one of them. Belongs to the loop's thread."""

    def __init__(self, descriptor: int, folders: Iterable[Path]) -> None:
        self._descriptor = descriptor
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
        added = inotify_add_watch(self._descriptor, os.fsencode(folder), _NEWS) >= 0
        return added or ctypes.get_errno() not in _LATER


def watched(folders: Iterable[Path]) -> Folders | None:
    """Return what watches `folders`; None where inotify cannot be had: the loop asks every second anyway."""
    descriptor = inotify_init()
    if descriptor < 0:
        return None
    os.set_blocking(descriptor, False)  # its only parameter
    os.set_inheritable(descriptor, False)  # noqa: FBT003  # as above
    return Folders(descriptor, folders)
