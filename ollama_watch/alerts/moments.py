"""When alerts have to be looked at: after a change, and when the mere passing of time may bring one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import inf

from ollama_watch.alerts.alert import key
from ollama_watch.alerts.entry import FORGOTTEN, Entry
from ollama_watch.alerts.inhibition import SPEAKERS
from ollama_watch.model import Finding

CHANGES_EVERY = 10.0  # s; a pop-up that counts is not redrawn more often
_LONGEST = 600.0  # s; that something was told once is remembered from the last look at it
_NEAR = 0.001  # s; sums of times are not exact: whoever comes so near looks, and looks again

Source = tuple[str | None, str]  # host, name
Named = tuple[str, Entry]  # by its key


@dataclass(slots=True)
class _Calm:
    """What is known of the alerts of a source, once all were looked at."""

    until: float = inf  # log time: then all are looked at again
    touched: dict[str, None] = field(default_factory=dict)  # keys of those to be looked at before


class Looks:
    """Knows which alerts of a source may become something else now; nothing becomes of the others."""

    def __init__(self) -> None:
        self.changes = 0  # grows with everything that others see of alerts
        self._calm: dict[tuple[Source, bool], _Calm] = {}  # of a source, and whether people are told

    def touch(self, finding: Finding) -> None:
        """Something about its alert has changed, or may have; what that speaks for may change with it."""
        self.changes += 1
        for telling in (True, False):
            whose = ((finding.host, finding.source), telling)
            if finding.rule in SPEAKERS:
                self._calm.pop(whose, None)
            elif whose in self._calm:
                self._calm[whose].touched[key(finding)] = None

    def due(self, source: Source, alerts: Mapping[str, Entry], now: float, *, telling: bool) -> list[Named]:
        """Return the alerts that are to be looked at now, in their order; `looked` comes next."""
        calm = self._calm.get((source, telling))
        if calm and now < calm.until:
            touched, calm.touched = calm.touched, {}
            return [named for named in alerts.items() if named[0] in touched] if touched else []
        self._calm[source, telling] = _Calm()
        return [named for named in alerts.items() if _source(named[1]) == source]

    def looked(self, source: Source, alerts: Iterable[Named], now: float, *, telling: bool) -> None:
        """They were looked at: see when time brings something."""
        if calm := self._calm.get((source, telling)):
            later = (at - _NEAR for _, one in alerts for at in _moments(one) if at > now - _NEAR)
            calm.until = min(calm.until, now + _LONGEST, *later)


def _source(entry: Entry) -> Source:
    return entry.alert.finding.host, entry.alert.finding.source


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
