"""Which alerts are grave enough for a sink, and which notices are news."""

from collections.abc import Collection

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.notice import Notice
from ollama_watch.model import SEVERITIES, Severity


def is_news(notice: Notice) -> bool:
    """Tell whether it is worth a message to people that cannot be taken back.

    A change of words is none, nor that a model was not launched for a week: nothing is mended.
    """
    return (notice.what != "change" or notice.regraded) and notice.alert.ended != "forgotten"


class Interest:
    """What a sink wants to hear of by itself; of what it was told it hears to the end (`app.deliveries`)."""

    def __init__(self, min_severity: Severity, never: Collection[str] = ()) -> None:
        """`never`: ids of rules that are not for this sink, however grave."""
        self._least = SEVERITIES.index(min_severity)
        self._never = never

    def takes(self, alert: Alert) -> bool:
        return alert.rule not in self._never and SEVERITIES.index(alert.severity) >= self._least
