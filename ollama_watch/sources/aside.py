"""What a copy of this process reads, while this one thinks about what it has read.

Reading a journal is most of the work, and both together take longer than either.
"""

import marshal
import os
import signal
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from fcntl import F_SETPIPE_SZ, fcntl
from typing import Any

_PIPE = 1 << 20  # bytes that may wait: what comes next while the last is thought about
_LENGTH = 8  # bytes before each thing
_DESCRIPTORS = 1 << 16  # more than there are before there are threads; what is allowed may be a billion


def can_copy() -> bool:
    """Tell whether nothing is left half done in a copy: it has one thread."""
    return threading.active_count() == 1


class Aside:
    """A process that gives one thing after the other, of the kinds that `marshal` knows.

    It ends with what it gives, and when nobody reads any more.
    """

    def __init__(self, give: Callable[[], Iterable[Any]]) -> None:
        self.ended = False
        self._reading, writing = os.pipe()
        with suppress(OSError):  # no more than this user may have
            fcntl(writing, F_SETPIPE_SZ, _PIPE)
        self._child = os.fork()
        if not self._child:
            _give(give, writing)
        os.close(writing)
        os.set_blocking(self._reading, False)
        self._come = bytearray()

    def fileno(self) -> int:
        return self._reading

    def read(self) -> Any:
        """Return the next thing; None: it has not come yet, or nothing comes any more."""
        while not self.ended and len(self._come) < self._wanted:
            try:
                block = os.read(self._reading, self._wanted - len(self._come))
            except BlockingIOError:
                return None
            self._come += block
            self.ended = not block
        if self.ended:
            return None
        whole, self._come = bytes(self._come[_LENGTH:]), bytearray()
        return marshal.loads(whole)  # noqa: S302  # a copy of this process wrote it

    @property
    def _wanted(self) -> int:
        """Return how many bytes the next thing takes, as far as that is known."""
        head = self._come[:_LENGTH]
        return _LENGTH + (int.from_bytes(head, "big") if len(head) == _LENGTH else 0)

    def close(self) -> None:
        """End it. May be called twice."""
        self.ended = True
        if self._child:
            os.close(self._reading)
            os.kill(self._child, signal.SIGKILL)  # ours until it has been waited for
            os.waitpid(self._child, 0)
            self._child = 0


def _give(give: Callable[[], Iterable[Any]], writing: int) -> None:
    """Do the work of the copy; it holds nothing that is this process's, such as the lock on its state."""
    try:
        os.closerange(3, writing)
        os.closerange(writing + 1, _DESCRIPTORS)
        with os.fdopen(writing, "wb") as stream:
            for one in give():
                told = marshal.dumps(one)
                stream.write(len(told).to_bytes(_LENGTH, "big") + told)
                stream.flush()
    finally:
        os._exit(0)  # whatever happened: this copy must not go on as if it were the program
