"""Pop-ups on the desktop of the session the program runs in. Needs the extra `desktop` (jeepney)."""

import os
from collections import OrderedDict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.notice import Notice
from ollama_watch.model import Severity
from ollama_watch.sinks import popups, texts

if TYPE_CHECKING:
    from ollama_watch.sinks.notifier import Notifier

_MOST = 100  # models in one note, and alerts remembered as told


def session_bus() -> str | None:
    """Return the address of this user's session bus, None if there is none to be seen."""
    if address := os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return address
    usual = Path(f"/run/user/{os.getuid()}/bus")
    return f"unix:path={usual}" if usual.exists() else None


def available() -> bool:
    """Tell whether pop-ups can be hoped for: a session bus is known and jeepney installed."""
    return session_bus() is not None and find_spec("jeepney") is not None


class Desktop:
    """One pop-up an alert, replaced in place and closed at its end; one for all models at the default."""

    name = "desktop"

    def __init__(self, min_severity: Severity = "warning") -> None:
        self._least: Severity = min_severity
        self._told: OrderedDict[str, None] = OrderedDict()  # keys; of the thread that calls `wants`
        self._at_default: OrderedDict[str, Alert] = OrderedDict()  # by key
        self._notifier: Notifier | None = None

    def wants(self, alert: Alert) -> bool:
        """Tell whether it is grave enough, or was: what is shown must hear of changes and of its end."""
        known = alert.key in self._told
        if alert.state == "resolved":
            self._told.pop(alert.key, None)
            return known
        if alert.state != "firing" or not (known or popups.wanted(alert, self._least)):
            return False
        self._told[alert.key] = None
        if len(self._told) > _MOST:
            self._told.popitem(last=False)
        return True

    def tell(self, notice: Notice) -> None:
        """Show, replace or close, as `deliver` does."""
        self.deliver(notice.alert, quiet=notice.what == "change")

    def deliver(self, alert: Alert, *, quiet: bool) -> None:
        """Show, replace or close; raises Undelivered where the desktop cannot be reached."""
        if alert.rule == texts.AT_DEFAULT:
            self._deliver_default(alert, quiet=quiet)
        elif alert.state == "resolved":
            self._desk().withdraw(alert.key)
            if back := popups.back_note(alert):
                self._desk().show(f"{alert.key} is back", back)
        else:
            self._desk().show(alert.key, popups.note(alert, quiet=quiet))

    def close(self) -> None:
        """Hang up; pop-ups stay, for they are the desktop's and nobody may have read them yet."""
        if self._notifier:
            self._notifier.close()

    def _deliver_default(self, alert: Alert, *, quiet: bool) -> None:
        """Safe to repeat: what has been taken in or out already stays so."""
        resolved = alert.state == "resolved"
        if resolved:
            self._at_default.pop(alert.key, None)
        else:
            self._at_default[alert.key] = alert
            if len(self._at_default) > _MOST:
                self._at_default.popitem(last=False)
        alerts = list(self._at_default.values())
        if not alerts:
            self._desk().withdraw(texts.AT_DEFAULT)
            return
        self._desk().show(texts.AT_DEFAULT, popups.defaults_note(alerts, quiet=quiet or resolved))

    def _desk(self) -> "Notifier":
        from ollama_watch.sinks.notifier import Notifier  # noqa: PLC0415  # imports jeepney, which is an extra

        self._notifier = self._notifier or Notifier(session_bus)
        return self._notifier
