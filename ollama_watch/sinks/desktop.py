"""Pop-ups on the desktop of the session the program runs in. Needs the extra `desktop` (jeepney)."""

import logging
import os
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.notice import Notice
from ollama_watch.model import Severity
from ollama_watch.sinks import popups
from ollama_watch.sinks.buttons import ACCEPT, MUTED_FOR
from ollama_watch.sinks.labels import place
from ollama_watch.sinks.listening import Listener
from ollama_watch.sinks.note import Note
from ollama_watch.sinks.sink import Undelivered

if TYPE_CHECKING:
    from ollama_watch.sinks.notifier import Notifier
    from ollama_watch.sinks.pressing import Pressing

_log = logging.getLogger(__name__)

_MOST = 100  # alerts that are shown
_AGAIN = 60.0  # s until what is muted no more is tried again where nothing can be shown


def session_bus() -> str | None:
    """Return the address of this user's session bus, None if there is none to be seen."""
    if address := os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return address
    usual = Path(f"/run/user/{os.getuid()}/bus")
    return f"unix:path={usual}" if usual.exists() else None


def available() -> bool:
    """Tell whether pop-ups can be hoped for: a session bus is known and jeepney installed."""
    return session_bus() is not None and has_library()


def has_library() -> bool:
    return find_spec("jeepney") is not None


class Desktop:
    """One pop-up an alert, replaced in place and closed at its end; one for all models at the default.

    Its outbox shows, a thread of its own hears the buttons; what is muted is not remembered over a restart.
    """

    name = "desktop"

    def __init__(
        self,
        min_severity: Severity = "warning",
        *,
        page: Callable[[], str] = str,
        accept: Callable[[Alert], str] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`page` gives the address of our status page; `accept` is `Pressing`'s, None: it is not offered."""
        self._least: Severity = min_severity
        self._page, self._accept, self._clock = page, accept, clock
        self._lock = RLock()  # guards what follows
        self._firing: OrderedDict[str, Alert] = OrderedDict()  # by key, as told last
        self._muted: dict[str, float] = {}  # a pop-up's key -> until when, s since the epoch
        self._notifier: Notifier | None = None
        self._listener: Listener | None = None

    def wants(self, alert: Alert) -> bool:
        return popups.wanted(alert, self._least)

    def tell(self, notice: Notice) -> bool:
        """Show, replace or close, as `deliver` does."""
        try:
            return self.deliver(notice.alert, quiet=notice.what == "change")
        finally:
            if self._listener:  # a button may have been heard of in between, or the connection be another
                self._listener.ring()

    def deliver(self, alert: Alert, *, quiet: bool) -> bool:
        """Show, replace or close; False: there was nothing to. Safe to repeat.

        Raises Undelivered where the desktop cannot be reached.
        """
        key = popups.key(alert)
        with self._lock:
            self._take(alert)
            if key in self._muted:
                return False
            if alerts := self.alerts(key):
                self._show(key, alerts, quiet=quiet or alert.state == "resolved")
                return True
            was_shown = self._desk().withdraw(key)
            back = popups.back_note(alert)
            if back:
                self._desk().show(f"{key} is back", back)
            return was_shown or back is not None

    def close(self) -> None:
        """Hang up; pop-ups stay, for they are the desktop's and nobody may have read them yet."""
        if self._listener:
            self._listener.close()
        if self._notifier:
            self._notifier.close()

    # ---- what its user does

    def alerts(self, key: str) -> list[Alert]:
        """Return what the pop-up `key` is about, as far as it still fires."""
        with self._lock:
            return [one for one in self._firing.values() if popups.key(one) == key]

    def mute(self, key: str, now: float) -> None:
        """Say nothing of it for a while; what still fires then is told anew."""
        with self._lock:
            self._muted[key] = now + MUTED_FOR
            self._desk().withdraw(key)

    def say(self, key: str, note: Note) -> None:
        """Show a note that is about no alert."""
        with self._lock:
            self._desk().show(key, note)

    # ---- how

    def _take(self, alert: Alert) -> None:
        if alert.state == "resolved":
            self._firing.pop(alert.key, None)
            return
        self._firing[alert.key] = alert
        if len(self._firing) > _MOST:
            self._firing.popitem(last=False)

    def _show(self, key: str, alerts: list[Alert], *, quiet: bool) -> None:
        note = popups.note(alerts, quiet=quiet)
        if self._accept is None:
            note = replace(note, actions=tuple(one for one in note.actions if one[0] != ACCEPT))
        self._desk().show(key, note)

    def _hear(self) -> float | None:
        """Do what was pressed and end what was muted for long enough; return when to look again."""
        try:
            with self._lock:
                presses = self._desk().pressed()
            for press in presses:  # without the lock: what it does may take its time
                self._pressing().act(press)
            with self._lock:
                return self._unmute(self._clock())
        except Undelivered as error:  # the outbox has its own way of telling that nothing can be shown
            _log.debug("the desktop: %s", error)
        return _AGAIN if self._muted else None

    def _descriptor(self) -> int | None:
        with self._lock:
            return self._notifier.fileno() if self._notifier else None

    def _unmute(self, now: float) -> float | None:
        for key in popups.no_longer_muted(self._muted, now):
            if alerts := self.alerts(key):
                self._show(key, alerts, quiet=False)
            del self._muted[key]
        return min(self._muted.values(), default=now) - now if self._muted else None

    def _pressing(self) -> "Pressing":
        from ollama_watch.sinks.opening import open_page  # noqa: PLC0415  # imports jeepney, which is an extra
        from ollama_watch.sinks.pressing import Pressing  # noqa: PLC0415  # as above

        return Pressing(
            screen=self,
            details=lambda number: open_page(place(self._page(), number), session_bus),
            accept=self._accept or (lambda _: ""),
            clock=self._clock,
        )

    def _desk(self) -> "Notifier":
        if not has_library():
            raise Undelivered("jeepney is missing: pip install 'ollama-watchd[desktop]'")
        from ollama_watch.sinks.notifier import Notifier  # noqa: PLC0415  # imports jeepney, which is an extra

        if self._notifier is None:
            self._notifier = Notifier(session_bus)
            self._listener = Listener(self._descriptor, self._hear)
        return self._notifier
