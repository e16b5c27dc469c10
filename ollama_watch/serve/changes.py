"""What changed about the alerts, in order and numbered: kept once, read by every stream at its own pace.

Nobody is waited for. A reader that falls behind further than `_KEPT` changes gets everything anew.
"""

import os
import time
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Lock

from ollama_watch.alerts.alert import Alert, gravest_first
from ollama_watch.serve.view import AlertView

_KEPT = 64  # changes; a machine has a few a day


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that is pending or firing after the change `number`."""

    number: int
    run: int  # the number that this process began with: another one, another process
    ready: bool  # False: the log's history is still being read, so what is missing may come
    alerts: tuple[AlertView, ...]
    desktop: str  # id of the session bus on whose desktop this process shows pop-ups itself; "": on none


@dataclass(frozen=True, slots=True)
class Change:
    """One alert as it is now; `resolved` for the last time."""

    number: int
    alert: AlertView


class Changes:
    """Written by the loop, read by the threads of streams; neither waits for the other."""

    def __init__(self) -> None:
        # Greater than any number of an earlier process, so that one of those is known as such.
        self.run = self._number = time.time_ns() // 1000
        self._ready, self._desktop = False, ""
        self._now: dict[str, AlertView] = {}  # by id
        self._kept: deque[Change] = deque(maxlen=_KEPT)
        self._oldest = self._number  # who knows this one can be told the rest
        self._lock = Lock()
        self._bells: dict[int, int] = {}  # pipes of the streams: the end to read, the end to write
        self.closed = False

    # ---- of the loop

    def publish(
        self,
        alerts: Iterable[AlertView],
        ended: Mapping[str, Alert],
        *,
        ready: bool,
        desktop: str = "",
        every: bool = True,
    ) -> None:
        """Take in what is pending or firing now, and how others ended, by id.

        `every`: these are all; else what did not end and is not among them is as it was.
        """
        new = {one.alert.id: one for one in alerts}
        with self._lock:
            changed = [one for one in new.values() if _differ(self._now.get(one.alert.id), one)]
            lost = (self._now if every else ended).keys() - new.keys()
            gone = [self._now.pop(number) for number in lost if number in self._now]
            self._now |= new
            for one in sorted(gone, key=_seen_first):
                self._append(_over(one, ended.get(one.alert.id)))
            for one in sorted(changed, key=_seen_first):
                self._append(one)
            if (ready, desktop) != (self._ready, self._desktop):
                self._ready, self._desktop = ready, desktop
                self._begin_anew()
            elif not changed and not gone:
                return
            self._ring()

    def close(self) -> None:
        """End every stream."""
        with self._lock:
            self.closed = True
            self._ring()

    # ---- of a stream

    def snapshot(self) -> Snapshot:
        with self._lock:
            alerts = tuple(sorted(self._now.values(), key=_seen_first))
            return Snapshot(self._number, self.run, self._ready, alerts, self._desktop)

    def since(self, number: int) -> list[Change] | None:
        """Return what came after the change `number`; None: not known any more, look at everything."""
        with self._lock:
            if not self._oldest <= number <= self._number:
                return None
            return [change for change in self._kept if change.number > number]

    def listen(self) -> int:
        """Return a descriptor that is readable after each change; hand it back to `leave`."""
        bell, rope = os.pipe()
        os.set_blocking(bell, False)
        os.set_blocking(rope, False)
        with self._lock:
            self._bells[bell] = rope
        return bell

    def rouse(self, bell: int) -> None:
        """Ring one bell, if it is still there."""
        with self._lock, suppress(BlockingIOError, KeyError):
            os.write(self._bells[bell], b"!")

    def leave(self, bell: int) -> None:
        with self._lock:
            os.close(self._bells.pop(bell))
        os.close(bell)

    # ---- under the lock

    def _append(self, alert: AlertView) -> None:
        self._number += 1
        if len(self._kept) == _KEPT:
            self._oldest = self._kept[0].number
        self._kept.append(Change(self._number, alert))

    def _begin_anew(self) -> None:
        """Whoever listens gets a snapshot next."""
        self._number += 1
        self._oldest = self._number
        self._kept.clear()

    def _ring(self) -> None:
        for rope in self._bells.values():
            with suppress(BlockingIOError):  # the pipe is full: it rings already
                os.write(rope, b"!")


def _differ(old: AlertView | None, new: AlertView) -> bool:
    """An alert is replaced whole when something about it changes: to compare deeply would cost the loop."""
    if old is None or old.alert is not new.alert:
        return True
    return (old.told, old.inhibited_by) != (new.told, new.inhibited_by)


def _seen_first(one: AlertView) -> tuple[bool, tuple[int, float, str]]:
    return bool(one.inhibited_by), gravest_first(one.alert)


def _over(last: AlertView, ended: Alert | None) -> AlertView:
    """Return its end; one that had to make room for others is over, for all that is known."""
    return replace(last, alert=ended or replace(last.alert, state="resolved", ended="over"))
