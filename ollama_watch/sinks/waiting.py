"""Notices that wait for one sink. While its far side is down only the newest state of each alert is kept."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from ollama_watch.alerts.notice import Notice
from ollama_watch.model import SEVERITIES


@dataclass(frozen=True, slots=True)
class Waiting:
    """One notice on its way, under the number that its giver knows it by; a later one has a greater one."""

    number: int
    notice: Notice
    tried_since: float | None = None  # when it was tried first, by the outbox's clock
    perhaps: bool = False  # people may have heard of the alert before this
    given_up: bool = False  # not tried again by itself: it waits for what becomes of the alert

    @property
    def key(self) -> str:
        return self.notice.alert.key


class Queue:
    """Bounded, the gravest first. Not for several threads: its outbox holds a lock."""

    def __init__(
        self, room: int, dropped: Callable[[Waiting], None], merged: Callable[[int, Notice], None]
    ) -> None:
        """`dropped` is called with each notice that will not be told.

        `merged` is called with a number and what will be told under it instead.
        """
        self._items: OrderedDict[int, Waiting] = OrderedDict()
        self._room, self._dropped, self._merged_into = room, dropped, merged

    def __len__(self) -> int:
        """Return how many are still to be tried."""
        return sum(not item.given_up for item in self._items.values())

    def add(self, item: Waiting) -> None:
        """Take one in; if there is no room the oldest goes."""
        self._items[item.number] = item
        if len(self._items) > self._room:
            self._drop(next(iter(self._items.values())))

    def take(self, item: Waiting) -> Waiting:
        """Let one out, to be told; while it is under way nothing is merged with it."""
        return self._items.pop(item.number)

    def fresh(self) -> Waiting | None:
        """Return one of the gravest alert that was not tried yet; of one alert the oldest is first."""
        fresh = [item for item in self._items.values() if item.tried_since is None]
        first = min(fresh, key=_gravest_first, default=None)
        return next((item for item in fresh if item.key == first.key), None) if first else None

    def next(self) -> Waiting | None:
        """Return the one that waits for its turn the longest."""
        return self.fresh() or next((item for item in self._items.values() if not item.given_up), None)

    def has_given_up(self, key: str) -> bool:
        """Tell whether nobody was told that this alert began."""
        return any(item.given_up and item.key == key for item in self._items.values())

    def thin(self) -> None:
        """Keep the newest state of each alert; one that nobody heard of and that is over is no news."""
        newest: dict[str, Waiting] = {}
        for item in sorted(self._items.values(), key=_number):
            before = newest.get(item.key)
            after = self._merged(before, item) if before else item
            if after is None:
                self._drop(item)
                newest.pop(item.key)
            else:
                self._put(after, instead_of=item)
                newest[item.key] = after
            if before:  # last: until what is told instead is known, it must not be forgotten
                self._drop(before)

    @staticmethod
    def _merged(before: Waiting, after: Waiting) -> Waiting | None:
        """Return what is left to tell of two notices of one alert."""
        was, now = before.notice.what, after.notice.what
        if was == "end":  # of the one before, which people still believe in
            return replace(after, perhaps=True)
        if was == "begin" and not before.perhaps and now == "end":
            return None
        what = was if was in ("begin", "repeat") and now != "end" else now
        regraded = before.notice.regraded or after.notice.regraded
        notice = replace(after.notice, what=what, regraded=regraded)
        return replace(after, notice=notice, perhaps=before.perhaps or after.perhaps)

    def _put(self, item: Waiting, *, instead_of: Waiting) -> None:
        self._items[item.number] = item
        if item.notice is not instead_of.notice:
            self._merged_into(item.number, item.notice)

    def _drop(self, item: Waiting) -> None:
        if self._items.pop(item.number, None):
            self._dropped(item)


def _gravest_first(item: Waiting) -> tuple[int, int]:
    return -SEVERITIES.index(item.notice.alert.severity), item.number


def _number(item: Waiting) -> int:
    return item.number
