"""When alerts have to be looked at: after a change, and when the mere passing of time may bring one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from ollama_watch.alerts.alert import key
from ollama_watch.alerts.entry import FORGOTTEN, Entry
from ollama_watch.alerts.inhibition import SPEAKERS
from ollama_watch.model import Finding

CHANGES_EVERY = 10.0  # s; a pop-up that counts is not redrawn more often
_LONGEST = 600.0  # s; that something was told once is remembered from the last look at it
_MANY = 1000  # keys that are kept for who asks for news: more than that is anything
_NEAR = 0.001  # s; sums of times are not exact: whoever comes so near looks, and looks again

Source = tuple[str | None, str]  # host, name
Named = tuple[str, Entry]  # by its key


@dataclass(slots=True)
class _Calm:
    """What is known of the alerts of a source, once all were looked at."""

    moments: dict[str, float] = field(default_factory=dict)  # by key: log time of the next look
    until: float = inf  # the first of them
    at: float = -inf  # the last look; in a file's history time stands still, and nothing more comes of it
    touched: set[str] = field(default_factory=set)  # keys of those to be looked at before

    def due(self, now: float) -> set[str]:
        """Return the keys of those to be looked at now, and forget that they were."""
        found, self.touched = self.touched, set()
        if now >= self.until and now != self.at:
            over = [name for name, at in self.moments.items() if at <= now]
            found.update(over)
            for name in over:
                del self.moments[name]
        return found


class Looks:
    """Knows which alerts of a source may become something else now; nothing becomes of the others."""

    def __init__(self) -> None:
        self.changes = 0  # grows with everything that others see of alerts
        self._news: set[str] = set()  # keys of the alerts of which that was
        self._any = True  # it may be any
        self._calm: dict[tuple[Source, bool], _Calm] = {}  # of a source, and whether people are told

    def touch(self, finding: Finding) -> None:
        """Something about its alert has changed, or may have; what that speaks for may change with it."""
        self.changes += 1
        self._news.add(key(finding))
        self._any = self._any or finding.rule in SPEAKERS or len(self._news) > _MANY
        for telling in (True, False):
            whose = ((finding.host, finding.source), telling)
            if finding.rule in SPEAKERS:
                self._calm.pop(whose, None)
            elif whose in self._calm:
                self._calm[whose].touched.add(key(finding))

    def news(self) -> set[str] | None:
        """Return the keys of what others see differently than at the last call; None: it may be anything."""
        found = None if self._any else self._news
        self._news, self._any = set(), False
        return found

    def due(self, source: Source, alerts: Mapping[str, Entry], now: float, *, telling: bool) -> list[Named]:
        """Return those of the source's alerts that are to be looked at now, in order; `looked` comes next."""
        if calm := self._calm.get((source, telling)):
            names = calm.due(now)
            found = [named for named in alerts.items() if named[0] in names] if names else []
            if not any(entry.rule.id in SPEAKERS for _, entry in found):
                return found
        self._calm[source, telling] = _Calm()
        return list(alerts.items())

    def is_calm(self, source: Source, now: float, *, telling: bool) -> bool:
        """Tell whether nothing comes of the source's alerts up to `now`."""
        calm = self._calm.get((source, telling))
        return calm is not None and not calm.touched and (now < calm.until or now == calm.at)

    def looked(self, source: Source, alerts: Sequence[Named], now: float, *, telling: bool) -> None:
        """They were looked at: see when time brings something."""
        calm = self._calm.get((source, telling))
        if calm is None:
            return
        before, calm.at = calm.at, now
        if alerts or (now >= calm.until and now != before):
            calm.moments.update((name, _next(entry, now)) for name, entry in alerts)
            calm.until = min(calm.moments.values(), default=inf)


def _next(entry: Entry, now: float) -> float:
    later = (at - _NEAR for at in _moments(entry) if at > now - _NEAR)
    return min((now + _LONGEST, *later))


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
