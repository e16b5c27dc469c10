"""What stands between the loop and a sink: a bounded queue and a thread. Deciding is not delivering."""

import logging
import math
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from threading import Condition, Thread

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.notice import Notice
from ollama_watch.sinks.sink import Recalling, Refused, Resending, Sink, Undelivered
from ollama_watch.sinks.waiting import Queue, Waiting

_log = logging.getLogger(__name__)

_ROOM = 10_000  # notices waiting; a machine has a few a day, a fleet some a host when it is first read
_DELAYS = (1.0, 5.0, 25.0, 120.0)  # s between tries, each up to half as long again; the last one for ever
_JITTER = 0.5
_FAILING = 4  # tries in a row: half a minute of them
_STALE = 86400.0  # s after its first try; then nobody wants to hear of it any more
GRACE = 5.0  # s for the last notices when the program ends


class Outbox:
    """Delivers notices to one sink. `offer` is all that the loop calls; it never waits.

    What the sink does not take is tried again for a day. While it takes nothing, only the newest state of
    each alert is kept; a new state is tried at once, everything else after a delay.
    """

    def __init__(
        self,
        sink: Sink,
        ring: Callable[[], None] = lambda: None,
        delays: tuple[float, ...] = _DELAYS,
        standing: Iterable[Alert] = (),
        remember: Callable[[int, Notice], None] = lambda _, __: None,
    ) -> None:
        """`ring` is called, by the thread, when the sink begins or ceases to fail, and at its first try.

        `remember` too, when a notice is settled: whatever becomes of us, it is not told again.
        `standing`: what this sink was told before this process and still holds.
        """
        self.sink = sink
        self.outcomes: Counter[str] = Counter(sent=0, failed=0, dropped=0)  # failed: tries
        self.failures = 0  # tries in a row that failed
        self.trouble = ""  # what the last of them said
        self.tried = False  # something, in this process
        self._ring, self._delays, self._remember = ring, delays, remember
        self._changed = Condition()  # guards what follows
        self._queue = Queue(_ROOM, self._drop, lambda number, notice: self._news.append((number, notice)))
        self._news: deque[tuple[int, Notice | None]] = deque()
        self._closing = self._ended = False
        self._retry_at = 0.0
        self._resending = sink if isinstance(sink, Resending) else None
        self._resend_at = math.inf  # until the first `go_on`: then we are ready to be asked back
        if isinstance(sink, Recalling):
            sink.recall(standing)
        self._thread = Thread(target=self._run, name=f"sink {sink.name}", daemon=True)
        self._thread.start()

    @property
    def is_failing(self) -> bool:
        """Tell whether it takes nothing, and has not for a while."""
        return self.failures >= _FAILING

    def offer(self, number: int, notice: Notice, *, perhaps: bool = False) -> None:
        """Queue a notice under a number of the caller's, greater than any before.

        `perhaps`: an earlier process may have told it.
        """
        with self._changed:
            self._queue.add(Waiting(number, notice, perhaps=perhaps))
            if self.failures or self._queue.has_given_up(notice.alert.key):
                self._queue.thin()
            self._changed.notify()

    def news(self) -> Iterator[tuple[int, Notice | None]]:
        """Yield what became of notices since the last call: None, it is settled; else it is told as this."""
        while self._news:
            yield self._news.popleft()

    def go_on(self) -> None:
        """What was offered so far is in the checkpoint: what holds may be said again from now on."""
        with self._changed:
            if self._resend_at == math.inf:
                self._resend_at = 0.0
                self._changed.notify()

    def hurry(self) -> None:
        """The program ends: try what was not tried yet, and nothing else."""
        with self._changed:
            self._closing = True
            self._changed.notify()

    def close(self, grace: float = GRACE) -> None:
        """End within `grace` seconds; what was not delivered stays unsettled."""
        self.hurry()
        self._thread.join(grace)
        with self._changed:
            self._ended = True  # a thread that is stuck in its sink does nothing after that
        self.sink.close()

    # ---- the thread

    def _run(self) -> None:
        while work := self._next():
            if isinstance(work, Waiting):
                self._deliver(work)
            else:
                self._say_again(work)

    def _next(self) -> Waiting | Resending | None:
        """Wait for something to do; None: the program ends."""
        with self._changed:
            while not self._ended:
                if fresh := self._queue.fresh():
                    return self._queue.take(fresh)
                if self._closing:
                    return None
                now = time.monotonic()
                if now >= self._retry_at and (item := self._queue.next()):
                    return self._queue.take(item)
                if self._resending and now >= self._resend_at:
                    return self._resending
                self._changed.wait(self._patience(now))
        return None

    def _patience(self, now: float) -> float | None:
        """Return the seconds until there may be something to do; None: until somebody says so."""
        moments = [self._retry_at] if len(self._queue) else []
        moments += [self._resend_at] if self._resending and self._resend_at < math.inf else []
        return max(min(moments) - now, 0) if moments else None

    def _deliver(self, item: Waiting) -> None:
        try:
            said = self.sink.tell(item.notice)
        except Refused as error:
            _log.warning("%s: refused, it is not tried again: %s", self.sink.name, error)
            self._fail(error)
            self._give_up(item)
        except Undelivered as error:
            self._fail(error, again="not delivered")
            self._wait(item, error)
        except Exception as error:  # noqa: BLE001  # a bug in one sink must not end its thread unseen
            _log.exception("%s: not delivered", self.sink.name)
            self._fail(Undelivered(type(error).__name__))
            self._give_up(item)
        else:
            if said is not False:
                self._succeed()
                self.outcomes["sent"] += 1
            self._settle(item)

    def _say_again(self, sink: Resending) -> None:
        try:
            if sink.say_again():
                self._succeed()
            self.tried = True
            self._resend_at = time.monotonic() + sink.resend
        except Undelivered as error:
            self._fail(error, again="not said again")
            self._resend_at = min(self._retry_at, time.monotonic() + sink.resend)
        except Exception as error:  # noqa: BLE001  # as above
            _log.exception("%s: not said again", self.sink.name)
            self._fail(Undelivered(type(error).__name__))
            self._resend_at = time.monotonic() + sink.resend

    # ---- what became of it

    def _succeed(self) -> None:
        if self.failures:
            _log.info("%s: delivers again", self.sink.name)
        news = self.failures or not self.tried
        self.failures, self._retry_at, self.tried = 0, 0.0, True
        if news:  # who hears the ring finds it so
            self._ring()

    def _fail(self, error: Undelivered, again: str = "") -> None:
        if again and not self.failures:
            _log.warning("%s: %s, it will be tried later: %s", self.sink.name, again, error)
        self.outcomes["failed"] += 1
        self.failures, self.trouble, self.tried = self.failures + 1, str(error), True
        delay = self._delays[min(self.failures, len(self._delays)) - 1]
        self._retry_at = time.monotonic() + delay * (1 + random.random() * _JITTER)  # noqa: S311  # jitter
        self._ring()

    def _wait(self, item: Waiting, error: Undelivered) -> None:
        now = time.monotonic()
        since = now if item.tried_since is None else item.tried_since
        later = replace(item, tried_since=since, perhaps=item.perhaps or error.perhaps)
        if now - since > _STALE:
            self._give_up(later)
        else:
            self._put_back(later)

    def _give_up(self, item: Waiting) -> None:
        """Of a begin that nobody heard of no end is told: it waits for what becomes of the alert."""
        self.outcomes["dropped"] += 1
        if item.notice.what == "begin" and not item.perhaps:
            self._put_back(replace(item, tried_since=time.monotonic(), given_up=True))
        else:
            self._settle(item)

    def _put_back(self, item: Waiting) -> None:
        with self._changed:
            self._queue.add(item)
            self._queue.thin()

    def _settle(self, item: Waiting) -> None:
        self._remember(item.number, item.notice)
        self._news.append((item.number, None))

    def _drop(self, item: Waiting) -> None:
        self.outcomes["dropped"] += not item.given_up  # counted then
        self._news.append((item.number, None))
