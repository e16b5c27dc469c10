"""Between the thread that hears and the thread that shows: the newest of each alert, never a queue."""

import os
from contextlib import suppress
from threading import Lock

from ollama_watch.agent.received import Everything, Heard

_MOST = 10_000  # alerts; a daemon keeps at most a thousand of a source


class Mailbox:
    """Bounded by the number of alerts. `fileno` is readable while something is in it, or after `ring`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._whole: Everything | None = None
        self._since: dict[str, Heard] = {}  # by id, the latest last
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def put(self, what: Everything | Heard) -> None:
        """Leave something; what it makes obsolete goes."""
        with self._lock:
            if isinstance(what, Everything):
                self._whole = what
                self._since.clear()
            else:
                self._since.pop(what.alert.id, None)
                self._since[what.alert.id] = what
                while len(self._since) > _MOST:
                    del self._since[next(iter(self._since))]
        self.ring()

    def take(self) -> list[Everything | Heard]:
        """Return all that is in it, in order."""
        with suppress(BlockingIOError):
            os.eventfd_read(self._bell)
        with self._lock:
            found: list[Everything | Heard] = [self._whole] if self._whole else []
            found += self._since.values()
            self._whole = None
            self._since.clear()
        return found

    def ring(self) -> None:
        """Wake whoever waits for it."""
        with suppress(BlockingIOError):
            os.eventfd_write(self._bell, 1)

    def fileno(self) -> int:
        return self._bell

    def close(self) -> None:
        os.close(self._bell)
