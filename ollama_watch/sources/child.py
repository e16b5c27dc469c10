"""A program whose output is read without ever waiting for it."""

import os
import subprocess
from collections.abc import Sequence
from contextlib import suppress

_BLOCK = 1 << 16  # what a pipe holds
_COMPLAINT = 500  # bytes kept of what it says on its standard error
_PATIENCE = 2.0  # s it gets to end when told


class Child:
    """One running program. Raises OSError if it cannot be started."""

    def __init__(self, argv: Sequence[str], keep: Sequence[int] = ()) -> None:
        """Start it; `keep`: descriptors that it gets under their numbers."""
        self.ended = False  # its output has been read to the end
        self._errors = b""
        self._process = subprocess.Popen(  # read and closed by us, in `close`
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            pass_fds=keep,
        )
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                os.set_blocking(stream.fileno(), False)

    def fileno(self) -> int:
        """Return the descriptor of its output."""
        return self._process.stdout.fileno() if self._process.stdout else -1

    @property
    def complaint(self) -> str:
        """The last line it said on its standard error."""
        said = self._errors.decode("utf-8", "replace").strip().splitlines()
        return said[-1] if said else ""

    def read(self) -> bytes:
        """Return the next block of its output; empty if there is none now or it has ended."""
        try:
            block = os.read(self.fileno(), _BLOCK)
        except BlockingIOError:
            block = None
        self._hear()
        self.ended = block == b""
        return block or b""

    def _hear(self) -> None:
        if self._process.stderr:  # read always: a full pipe would stop the program
            with suppress(BlockingIOError):
                said = os.read(self._process.stderr.fileno(), _BLOCK)
                self._errors = (self._errors + said)[-_COMPLAINT:]

    def close(self) -> int:
        """End it if it has not ended and return its exit status, negative for a signal."""
        if not self.ended:
            self._process.terminate()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        return self._process.returncode
