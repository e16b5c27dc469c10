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
        """Raises OSError where there may be no further process."""
        self.ended = False
        self._reading, writing = os.pipe()
        try:
            with suppress(OSError):  # no more than this user may have
                fcntl(writing, F_SETPIPE_SZ, _PIPE)
            self._child = os.fork()
            if not self._child:
                _give(give, writing)
        except OSError:
            os.close(self._reading)
            raise
        finally:
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

    def close(self) -> str:
        """End it, and return how it died if it did so by itself. May be called twice."""
        was_over, self.ended = self.ended, True
        if not self._child:
            return ""
        os.close(self._reading)
        if not was_over:
            os.kill(self._child, signal.SIGKILL)  # ours until it has been waited for
        status = os.waitstatus_to_exitcode(os.waitpid(self._child, 0)[1])
        self._child = 0
        if not (was_over and status):
            return ""
        return signal.Signals(-status).name if status < 0 else f"exit code {status}"


def _give(give: Callable[[], Iterable[Any]], writing: int) -> None:
    """Do the work of the copy; it holds nothing that is this process's, such as the lock on its state."""
    failed = 1
    try:
        os.closerange(3, writing)
        os.closerange(writing + 1, _DESCRIPTORS)
        with os.fdopen(writing, "wb") as stream:
            for one in give():
                told = marshal.dumps(one)
                stream.write(len(told).to_bytes(_LENGTH, "big") + told)
                stream.flush()
        failed = 0
    except BrokenPipeError:
        failed = 0  # nobody reads any more
    finally:
        os._exit(failed)  # whatever happened: this copy must not go on as if it were the program
