"""What stands between the loop and a sink: a bounded queue and a thread. Deciding is not delivering."""

import logging
import random
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Full, Queue
from threading import Condition, Event, Thread

from ollama_watch.alerts.notice import Notice
from ollama_watch.sinks.sink import Sink, Undelivered

_log = logging.getLogger(__name__)

_ROOM = 100  # notices waiting; a machine has a few a day
_DELAYS = (1.0, 5.0, 25.0, 120.0)  # s between tries, each up to half as long again
_JITTER = 0.5
_MEMORY = 5.0  # s that a slow disk may hold up the next notice


class Outbox:
    """Delivers notices to one sink. `offer` is all that the loop calls; it never waits."""

    def __init__(
        self,
        sink: Sink,
        ring: Callable[[], None] = lambda: None,
        delays: tuple[float, ...] = _DELAYS,
    ) -> None:
        """`ring` is called when a notice is settled: then the next one waits for `go_on`."""
        self.sink = sink
        self.outcomes: Counter[str] = Counter(sent=0, failed=0, dropped=0)
        self._ring, self._delays = ring, delays
        self._queue: Queue[tuple[int, Notice] | None] = Queue(_ROOM)  # None: nothing comes after it
        self._settled: deque[int] = deque()
        self._remembered = Condition()
        self._number = 0  # of the last notice that is known to be remembered as settled
        self._closing = Event()
        self._thread = Thread(target=self._run, name=f"sink {sink.name}", daemon=True)
        self._thread.start()

    def offer(self, number: int, notice: Notice) -> bool:
        """Queue a notice under a number of the caller's, greater than any before; False: there is no room."""
        try:
            self._queue.put_nowait((number, notice))
        except Full:
            return False
        return True

    def settled(self) -> Iterator[int]:
        """Yield the numbers that are delivered or given up since the last call."""
        while self._settled:
            yield self._settled.popleft()

    def go_on(self, number: int) -> None:
        """That this one is settled is remembered: the next notice may be delivered."""
        with self._remembered:
            self._number = number
            self._remembered.notify()

    def close(self, grace: float = 5.0) -> None:
        """Deliver what waits, as far as `grace` seconds go, and end the thread; the rest stays unsettled."""
        self._closing.set()
        with self._remembered:
            self._remembered.notify()
        with suppress(Full):  # then the thread is stuck in its sink, and dies with the program
            self._queue.put(None, timeout=grace)
        self._thread.join(grace)
        self.sink.close()

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            number, notice = item
            if outcome := self._delivered(notice):
                self.outcomes[outcome] += 1
                self._settled.append(number)
                self._ring()
                self._wait_until_remembered(number)

    def _wait_until_remembered(self, number: int) -> None:
        with self._remembered:
            self._remembered.wait_for(
                lambda: self._number >= number or self._closing.is_set(), timeout=_MEMORY
            )

    def _delivered(self, notice: Notice) -> str:
        """Return sent or failed; empty: the program ends, and its next start tries again."""
        for delay in (*self._delays, None):
            try:
                self.sink.deliver(notice.alert, quiet=notice.what == "change")
            except Undelivered as error:
                wait = None if delay is None else delay * (1 + random.random() * _JITTER)  # noqa: S311  # jitter
                if self._closing.is_set() or (wait is not None and self._closing.wait(wait)):
                    return ""
                if wait is not None:
                    continue
                _log.warning("%s: not delivered: %s", self.sink.name, error)
                return "failed"
            except Exception:  # noqa: BLE001  # a bug in one sink must not end its thread unseen
                _log.exception("%s: not delivered", self.sink.name)
                return "failed"
            else:
                return "sent"
        return "failed"
