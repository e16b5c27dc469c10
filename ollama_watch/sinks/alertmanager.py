"""Alertmanager, by version 2 of its API. It forgets what is not said again: so everything that holds is."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.notice import Notice
from ollama_watch.model import SEVERITIES, Severity
from ollama_watch.sinks.interest import Interest
from ollama_watch.sinks.labels import Words, annotations, fingerprint, labels, place, stamp
from ollama_watch.sinks.post import Receiver, post
from ollama_watch.sinks.sink import Refused, Undelivered
from ollama_watch.sinks.texts import AT_DEFAULT

_MOST = 10_000  # alerts that are said again; a daemon has at most a thousand of a source
_API = "/api/v2/alerts"
_GRAVE: Mapping[str, int] = {severity: index for index, severity in enumerate(SEVERITIES)}


@dataclass(frozen=True, slots=True)
class Intervals:
    """Seconds."""

    resend: float = 60.0
    ends_after: float = 240.0  # an alert that is not said again within that is over, for Alertmanager
    resolved_for: float = 900.0  # so long an end is said again


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of one alert under one set of labels."""

    number: str  # the alert's id
    labels: Words
    annotations: Words
    since: float
    ended: float | None  # None: it holds
    until: float  # the end of it is said so long

    @property
    def weight(self) -> tuple[bool, int, float]:
        """Return how much it would be missed: what is over least, then the mild, then the old."""
        return self.ended is None, _GRAVE.get(self.labels["severity"], 0), self.since


class Alertmanager:
    """Says begins, changes and ends at once, and all of them again and again.

    It is told what holds; whom that disturbs, and how often, is Alertmanager's own business.
    """

    records = True

    def __init__(
        self,
        name: str,
        receiver: Receiver,
        *,
        page: Callable[[], str],
        instance: str,
        min_severity: Severity = "warning",
        intervals: Intervals = Intervals(),
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`page` gives the address of our status page; `instance` is the name of this machine."""
        self.name, self.resend = name, intervals.resend
        self._receiver, self._page, self._instance = receiver, page, instance
        self._interest = Interest(min_severity, never=(AT_DEFAULT,))
        self._intervals, self._clock = intervals, clock
        self._said: OrderedDict[tuple[str, str], _Said] = OrderedDict()  # by alert and labels

    def wants(self, alert: Alert) -> bool:
        return self._interest.takes(alert)

    def tell(self, notice: Notice) -> None:
        """Say how the alert is now; where its labels are others than before, the former ones end."""
        changed = self._take(notice.alert)
        self._post([said for said in self._speaking() if fingerprint(said.labels) in changed])

    def recall(self, alerts: Iterable[Alert]) -> None:
        for alert in alerts:
            self._take(alert)

    def say_again(self) -> bool:
        self._forget()
        said = self._speaking()
        self._post(said)
        return bool(said)

    def close(self) -> None:
        """Nothing is held; what fires there ends by itself if nobody says it again.

        What is over and was taken there the next process does not say again: that is for an Alertmanager
        that forgets it at once, and such a one has no alert to keep firing; one not taken is delivered anew.
        """

    # ---- how

    def _take(self, alert: Alert) -> set[str]:
        """Note how it is; return the fingerprints of the labels that this concerns."""
        now = self._clock()
        until = now + self._intervals.resolved_for
        own = labels(alert, self._instance)
        changed = {fingerprint(own)}
        for (key, mark), said in list(self._said.items()):
            if key == alert.key and mark not in changed and said.ended is None:
                self._said[key, mark] = replace(said, ended=now, until=until)
                changed.add(mark)
        over = alert.state == "resolved" or not self._interest.takes(alert)
        self._said[alert.key, fingerprint(own)] = _Said(
            number=alert.id,
            labels=own,
            annotations=annotations(alert),
            since=min(alert.since, now),
            ended=min(alert.updated, now) if over else None,
            until=until,
        )
        if len(self._said) > _MOST:
            del self._said[min(self._said, key=lambda one: self._said[one].weight)]
        return changed

    def _speaking(self) -> list[_Said]:
        """Return one a set of labels: of alerts that look alike one that holds, the newest, speaks."""
        found: dict[str, _Said] = {}
        for (_, mark), said in self._said.items():
            other = found.get(mark)
            if other is None or said.ended is None or other.ended is not None:
                found[mark] = said
        return list(found.values())

    def _forget(self) -> None:
        now = self._clock()
        for key, said in list(self._said.items()):
            if said.ended is not None and said.until < now:
                del self._said[key]

    def _post(self, said: list[_Said]) -> None:
        """Post them. Whatever fails, it is known here and said again: so its end must come here too."""
        if not said:
            return
        try:
            post(self._receiver, [self._alert(one) for one in said], _API)
        except Refused:
            raise
        except Undelivered as error:
            raise Undelivered(str(error), perhaps=True) from None

    def _alert(self, said: _Said) -> dict[str, object]:
        now = self._clock()
        since = min(said.since, now)  # a clock may have been set back since
        ends = now + self._intervals.ends_after if said.ended is None else min(said.ended, now)
        return {
            "labels": said.labels,
            "annotations": said.annotations,
            "startsAt": stamp(since),
            "endsAt": stamp(max(ends, since)),
            "generatorURL": place(self._page(), said.number),
        }
