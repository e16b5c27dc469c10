"""Which alerts a sink wants: the grave ones, and whatever it has told already."""

from collections import OrderedDict
from collections.abc import Collection

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.notice import Notice
from ollama_watch.model import SEVERITIES, Severity

_MOST = 1000  # alerts remembered as told


def is_news(notice: Notice) -> bool:
    """Tell whether it is worth a message to people that cannot be taken back.

    A change is none, nor that a model was not launched for a week: nothing is mended.
    """
    return notice.what != "change" and notice.alert.ended != "forgotten"


class Interest:
    """Remembers what was told: an alert that turns mild must still be heard of. Belongs to the loop."""

    def __init__(self, min_severity: Severity, never: Collection[str] = ()) -> None:
        """`never`: ids of rules that are not for this sink, however grave."""
        self._least = SEVERITIES.index(min_severity)
        self._never = never
        self._told: OrderedDict[str, None] = OrderedDict()  # keys

    def takes(self, alert: Alert) -> bool:
        """Tell whether the sink is to hear of it."""
        if alert.rule in self._never:
            return False
        known = alert.key in self._told
        if alert.state == "resolved":
            self._told.pop(alert.key, None)
            return known or self.is_grave(alert)
        if not (known or self.is_grave(alert)):
            return False
        self._told[alert.key] = None
        if len(self._told) > _MOST:
            self._told.popitem(last=False)
        return True

    def is_grave(self, alert: Alert) -> bool:
        return SEVERITIES.index(alert.severity) >= self._least
