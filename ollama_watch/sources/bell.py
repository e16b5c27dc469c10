"""What wakes the loop. A ring is a hint: whatever rang, every source is asked."""

import os
from contextlib import suppress


class Bell:
    """A pipe to wake the loop from a signal handler or another thread."""

    def __init__(self) -> None:
        self._out, self._in = os.pipe()  # not pipe2, which a Mac has not
        os.set_blocking(self._out, False)
        os.set_blocking(self._in, False)

    def fileno(self) -> int:
        return self._out

    def ring(self) -> None:
        with suppress(BlockingIOError):  # the pipe is full: it rings already
            os.write(self._in, b"!")

    def hush(self) -> None:
        """Forget the rings so far; done before the sources are asked, so that none is lost."""
        with suppress(BlockingIOError):  # the pipe is empty: nobody rang
            os.read(self._out, 1 << 16)

    def close(self) -> None:
        os.close(self._out)
        os.close(self._in)
