"""Hearing what a desktop has to tell, in a thread of its own: an outbox only wakes for what is to be told."""

import os
import selectors
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

_GRACE = 1.0  # s


class Listener:
    """Calls `hear` when there may be news, and when the time that it asked for is over."""

    def __init__(self, descriptor: Callable[[], int | None], hear: Callable[[], float | None]) -> None:
        """`hear` returns the seconds until it is to be called all the same; None: not before there is news.

        `descriptor` is asked each time for what is readable then.
        """
        self._descriptor, self._hear = descriptor, hear
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._closed = False
        self._thread = Thread(target=self._run, name="desktop", daemon=True)
        self._thread.start()

    def ring(self) -> None:
        """Something may have come that was read already, or another connection be there."""
        with suppress(BlockingIOError):
            os.eventfd_write(self._bell, 1)

    def close(self) -> None:
        """End it, unless it is stuck: then it ends with the program."""
        self._closed = True
        self.ring()
        self._thread.join(_GRACE)
        if not self._thread.is_alive():
            os.close(self._bell)

    def _run(self) -> None:
        while not self._closed:
            self._wait(self._hear())

    def _wait(self, patience: float | None) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._bell, selectors.EVENT_READ)
            if (number := self._descriptor()) is not None:
                with suppress(OSError, ValueError):  # hung up just now: whoever connects again rings
                    selector.register(number, selectors.EVENT_READ)
            selector.select(patience)
        with suppress(BlockingIOError):
            os.eventfd_read(self._bell)
