"""Notices that wait for one sink. While its far side is down only the newest state of each alert is kept."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from heapq import heappop, heappush

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
    """Bounded, the gravest first. Not for several threads: its outbox holds a lock.

    To take one out costs the same however many wait: after a start a fleet has thousands of them.
    """

    def __init__(
        self, room: int, dropped: Callable[[Waiting], None], merged: Callable[[int, Notice], None]
    ) -> None:
        """`dropped` is called with each notice that will not be told.

        `merged` is called with a number and what will be told under it instead.
        """
        self._items: OrderedDict[int, Waiting] = OrderedDict()
        self._turns: OrderedDict[int, None] = OrderedDict()  # numbers of those that are still to be tried
        self._of: dict[str, dict[int, None]] = {}  # numbers by the alert's key
        self._fresh: list[tuple[int, int]] = []  # a heap: grade and number when it was put in
        self._several: set[str] = set()  # keys of which more than the newest state may be here
        self._room, self._dropped, self._merged_into = room, dropped, merged

    def __len__(self) -> int:
        """Return how many are still to be tried."""
        return len(self._turns)

    def add(self, item: Waiting) -> None:
        """Take one in; if there is no room the oldest goes."""
        self._put(item)
        if len(self._of[item.key]) > 1:
            self._several.add(item.key)
        if len(self._items) > self._room:
            self._drop(next(iter(self._items.values())))

    def take(self, item: Waiting) -> Waiting:
        """Let one out, to be told; while it is under way nothing is merged with it."""
        found = self._items.pop(item.number)
        self._turns.pop(item.number, None)
        own = self._of[item.key]
        del own[item.number]
        if not own:
            del self._of[item.key]
        return found

    def fresh(self) -> Waiting | None:
        """Return one of the gravest alert that was not tried yet; of one alert the oldest is first."""
        while self._fresh:
            gravest = self._items.get(self._fresh[0][1])
            if gravest and gravest.tried_since is None and _grade(gravest) == self._fresh[0][0]:
                own = (self._items[number] for number in self._of[gravest.key])
                return next(item for item in own if item.tried_since is None)
            heappop(self._fresh)
        return None

    def next(self) -> Waiting | None:
        """Return the one that waits for its turn the longest."""
        return self.fresh() or next((self._items[number] for number in self._turns), None)

    def has_given_up(self, key: str) -> bool:
        """Tell whether nobody was told that this alert began."""
        return any(self._items[number].given_up for number in self._of.get(key, ()))

    def thin(self) -> None:
        """Keep the newest state of each alert; one that nobody heard of and that is over is no news."""
        while self._several:
            self._thin(self._several.pop())

    def _thin(self, key: str) -> None:
        before: Waiting | None = None
        for item in [self._items[number] for number in sorted(self._of.get(key, ()))]:
            after = self._merged(before, item) if before else item
            if after is None:
                self._drop(item)
            elif after.notice is not item.notice:
                self._put(after)
                self._merged_into(after.number, after.notice)
            elif after is not item:
                self._put(after)
            if before:  # last: until what is told instead is known, it must not be forgotten
                self._drop(before)
            before = after

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

    def _put(self, item: Waiting) -> None:
        """Take one in, or its newer state in its place."""
        self._items[item.number] = item
        self._of.setdefault(item.key, {})[item.number] = None
        if not item.given_up:
            self._turns[item.number] = None
        if item.tried_since is None:
            heappush(self._fresh, (_grade(item), item.number))

    def _drop(self, item: Waiting) -> None:
        if item.number in self._items:
            self.take(item)
            self._dropped(item)


def _grade(item: Waiting) -> int:
    """Return a number that is the less the graver its alert is."""
    return -SEVERITIES.index(item.notice.alert.severity)
