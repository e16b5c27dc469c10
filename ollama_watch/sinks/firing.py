"""What a desktop sink was told and is not over, by the pop-ups that show it. Not for several threads."""

from collections import OrderedDict
from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet

from ollama_watch.alerts.alert import Alert
from ollama_watch.sinks import popups

_MOST = 10_000  # alerts; a daemon has at most a thousand of a source


class Firing:
    """Alerts by their keys, as they were told last."""

    def __init__(self, shared: Iterable[str]) -> None:
        """`shared`: keys of the pop-ups that an earlier process showed."""
        self._alerts: OrderedDict[str, Alert] = OrderedDict()
        self._shared: set[str] = set(shared)  # rules whose alerts share a pop-up, and other keys
        self._still: set[str] = set(self._shared)  # the same, without what has just ended
        self.away: AbstractSet[str] = set()  # keys: others speak for it, or did and it sleeps
        self._asleep: AbstractSet[str] = set()  # keys: its model does not run

    def take(self, alert: Alert) -> str:
        """Take it in as it is now, or out; return the key of its pop-up."""
        if alert.state == "resolved":
            self._alerts.pop(alert.key, None)
        else:
            self._alerts[alert.key] = alert
            if len(self._alerts) > _MOST:
                self._alerts.popitem(last=False)
        self._still = popups.shared(self._alerts.values(), self._shared)
        self._shared |= self._still  # what has just ended is still one of them
        return self.popup(alert)

    def settle(self) -> None:
        """What was taken last is on the screen, or gone from it."""
        self._shared = self._still

    def popup(self, alert: Alert) -> str:
        """Return the key of the pop-up that shows it."""
        return popups.key(alert, self._shared)

    def are_shared(self, key: str) -> bool:
        """Tell whether several alerts have that pop-up."""
        return key in self._shared

    def of(self, key: str) -> list[Alert]:
        """Return what the pop-up `key` is about."""
        return [one for one in self._alerts.values() if self.popup(one) == key]

    def seen(self, key: str) -> list[Alert]:
        """Return what it shows: not what others speak for."""
        return [one for one in self.of(key) if one.key not in self.away]

    def awake(self, key: str) -> list[Alert]:
        """Return what it shows, if something of that runs: of all else nobody hears anew."""
        seen = self.seen(key)
        return seen if any(one.key not in self._asleep for one in seen) else []

    def popups_of(self, names: Collection[str]) -> list[str]:
        """Return the pop-ups of these alerts, or of the alerts of these rules."""
        found = (one for one in self._alerts.values() if one.key in names or one.rule in names)
        return list(dict.fromkeys(self.popup(one) for one in found))

    def hush(self, spoken_for: AbstractSet[str], asleep: AbstractSet[str]) -> list[str]:
        """Others speak for these alerts; return the pop-ups that this changes.

        One that sleeps when nobody speaks for it any more is not shown before it runs again.
        """
        away = spoken_for | (self.away & asleep)
        changed, self.away, self._asleep = away ^ self.away, away, asleep
        return self.popups_of(changed)
