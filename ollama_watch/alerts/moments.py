"""When alerts have to be looked at: after a change, and when the mere passing of time may bring one."""

from collections.abc import Iterable, Iterator
from math import inf

from ollama_watch.alerts.entry import FORGOTTEN, Entry

CHANGES_EVERY = 10.0  # s; a pop-up that counts is not redrawn more often
_NEAR = 0.001  # s; sums of times are not exact: whoever comes so near looks, and looks again

Source = tuple[str | None, str]  # host, name


class Looks:
    """Knows until when nothing becomes of the alerts of a source, unless something happens to them."""

    def __init__(self) -> None:
        self.changes = 0  # grows with everything that others see of alerts
        self._until: dict[tuple[Source, bool], float] = {}  # log time; whether people are told, too

    def touch(self, source: Source) -> None:
        """Something about its alerts has changed, or may have: the next turn looks at all of them."""
        self.changes += 1
        self._until.pop((source, True), None)
        self._until.pop((source, False), None)

    def due(self, source: Source, now: float, *, telling: bool) -> bool:
        return now >= self._until.get((source, telling), -inf)

    def looked(self, source: Source, entries: Iterable[Entry], now: float, *, telling: bool) -> None:
        """All of them were looked at, and none has changed."""
        later = (at - _NEAR for entry in entries for at in _moments(entry) if at > now - _NEAR)
        self._until[source, telling] = min(later, default=inf)


def _moments(entry: Entry) -> Iterator[float]:
    """Yield them all, those too that an alert is past caring for: a look too many costs little."""
    rule, alert = entry.rule, entry.alert
    yield entry.ready_at
    yield entry.shown_at + CHANGES_EVERY
    yield alert.updated + (rule.hold if rule.on else FORGOTTEN)
    yield alert.since + rule.pending_for
    if entry.told_at is not None:
        yield entry.told_at + rule.repeat
    if entry.ending:
        yield entry.ending.at
