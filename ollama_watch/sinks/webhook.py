"""A webhook in the words of Alertmanager's (version 4), so that its receivers work: one alert a message."""

import time
from collections.abc import Callable

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.notice import Notice
from ollama_watch.model import Severity
from ollama_watch.sinks.interest import Interest, is_news
from ollama_watch.sinks.labels import Words, annotations, fingerprint, labels, place, stamp
from ollama_watch.sinks.post import Receiver, post
from ollama_watch.sinks.texts import AT_DEFAULT

_UNKNOWN = "0001-01-01T00:00:00Z"  # an end that is not known yet, as Go writes it


class Webhook:
    """Posts begins, repetitions and ends; for what is none see `is_news`."""

    def __init__(
        self,
        name: str,
        receiver: Receiver,
        *,
        page: Callable[[], str],
        instance: str,
        min_severity: Severity = "warning",
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`page` gives the address of our status page; `instance` is the name of this machine."""
        self.name = name
        self._receiver, self._page, self._instance, self._clock = receiver, page, instance, clock
        self._interest = Interest(min_severity, never=(AT_DEFAULT,))

    def wants(self, alert: Alert) -> bool:
        return self._interest.takes(alert)

    def tell(self, notice: Notice) -> bool:
        news = is_news(notice)
        if news:
            post(self._receiver, self._message(notice.alert))
        return news

    def close(self) -> None:
        """Nothing is held."""

    def _message(self, alert: Alert) -> dict[str, object]:
        own, notes = labels(alert, self._instance), annotations(alert)
        one = self._alert(alert, own, notes)
        group = {"alertname": own["alertname"]}
        return {
            "version": "4",
            "groupKey": f'{{}}:{{alertname="{own["alertname"]}"}}:{one["fingerprint"]}',
            "truncatedAlerts": 0,
            "status": one["status"],
            "receiver": self.name,
            "groupLabels": group,
            "commonLabels": own,
            "commonAnnotations": notes,
            "externalURL": self._page(),
            "alerts": [one],
        }

    def _alert(self, alert: Alert, own: Words, notes: Words) -> dict[str, object]:
        """The fingerprint is not of the labels: a name may be learnt between a begin and its end.

        Where a clock was set back, log time is ahead of it: nothing begins or ends in the future.
        """
        resolved, now = alert.state == "resolved", self._clock()
        since = min(alert.since, now)
        return {
            "status": "resolved" if resolved else "firing",
            "labels": own,
            "annotations": notes,
            "startsAt": stamp(since),
            "endsAt": stamp(max(since, min(alert.updated, now))) if resolved else _UNKNOWN,
            "generatorURL": place(self._page(), alert.id),
            "fingerprint": fingerprint({"instance": self._instance, "key": alert.key}),
        }
