"""Pop-ups on the desktop of the session the program runs in. Needs the extra `desktop` (jeepney)."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
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
from ollama_watch.sinks.remembered import Keeper, Remembered
from ollama_watch.sinks.session import has_library, session_bus
from ollama_watch.sinks.sink import Undelivered

if TYPE_CHECKING:
    from ollama_watch.sinks.notifier import Notifier
    from ollama_watch.sinks.pressing import Pressing

_log = logging.getLogger(__name__)

_MOST = 1000  # alerts that are shown; a daemon has no more
_AGAIN = 60.0  # s until a desktop that cannot be reached is tried again


class Desktop:
    """One pop-up an alert, replaced in place and closed at its end; one for all that are too many of a rule.

    Its outbox shows, a thread of its own hears the buttons.
    """

    name = "desktop"

    def __init__(
        self,
        min_severity: Severity = "warning",
        *,
        page: Callable[[], str] = str,
        accept: Callable[[Alert], str] | None = None,
        clock: Callable[[], float] = time.time,
        state: Path | None = None,
    ) -> None:
        """`page` gives the address of our status page; `accept` is `Pressing`'s, None: it is not offered.

        `state`: the file in which a later process finds what is shown; None: it does not.
        """
        self._least: Severity = min_severity
        self._page, self._accept, self._clock = page, accept, clock
        self._lock = RLock()  # guards what follows
        self._firing: OrderedDict[str, Alert] = OrderedDict()  # by key, as told last
        self._keeper = Keeper(state)
        self._memory = self._keeper.load()
        self._shared: set[str] = set(self._memory.shown)  # rules whose alerts share a pop-up, and other keys
        self._loud: dict[str, float] = {}  # a pop-up's key -> when it was heard of last
        self._notifier: Notifier | None = None
        self._listener: Listener | None = None

    def wants(self, alert: Alert) -> bool:
        return popups.wanted(alert, self._least)

    def tell(self, notice: Notice) -> bool:
        """Show, replace or close, as `deliver` does."""
        try:
            return self.deliver(notice.alert, quiet=notice.what == "change")
        finally:
            self._save()
            if self._listener:  # a button may have been heard of in between, or the connection be another
                self._listener.ring()

    def deliver(self, alert: Alert, *, quiet: bool) -> bool:
        """Show, replace or close; False: there was nothing to. Safe to repeat.

        Raises Undelivered where the desktop cannot be reached.
        """
        with self._lock:
            self._take(alert)
            shared = popups.shared(self._firing.values(), self._shared)
            self._shared |= shared  # what has just ended is still one of them
            key = popups.key(alert, self._shared)
            if self._memory.muted.keys() & {key, alert.key, alert.rule}:
                return False
            alerts = self.alerts(key)
            quiet = quiet or alert.state == "resolved"
            done = self._show(key, alerts, quiet=quiet) if alerts else self._end(key, alert)
            self._shared = shared
            return done

    def recall(self, alerts: Iterable[Alert]) -> None:
        """These are shown, or muted, by an earlier process; from now on their buttons do something again."""
        with self._lock:
            for alert in alerts:
                self._take(alert)
            self._shared = popups.shared(self._firing.values(), self._shared)
            with suppress(Undelivered):
                self._desk().listen()

    @property
    def screen(self) -> str:
        """Return the id of the session bus on whose desktop this shows, nothing while it has none."""
        return self._notifier.bus if self._notifier else ""

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
            return [one for one in self._firing.values() if popups.key(one, self._shared) == key]

    def mute(self, key: str, now: float) -> None:
        """Say nothing of it for a while; what still fires then is told anew."""
        with self._lock:
            self._memory.muted[key] = now + MUTED_FOR
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

    def _show(self, key: str, alerts: list[Alert], *, quiet: bool) -> bool:
        now = self._clock()
        for one in alerts:
            if one.key != key:  # it had a pop-up of its own, before they were so many
                self._desk().withdraw(one.key)
        if key in self._shared and self._desk().shows(key):
            quiet = quiet or abs(now - self._loud.get(key, 0.0)) < popups.LOUD
        note = popups.note(alerts, quiet=quiet)
        if self._accept is None:
            note = replace(note, actions=tuple(one for one in note.actions if one[0] != ACCEPT))
        self._desk().show(key, note)
        if not quiet:
            self._loud[key] = now
        return True

    def _end(self, key: str, alert: Alert) -> bool:
        """Take away the last of a pop-up; False: there was nothing to."""
        self._loud.pop(key, None)
        was_shown = self._desk().withdraw(key)
        back = popups.back_note(alert)
        if back:
            self._desk().show(f"{key} is back", back)
        return was_shown or back is not None

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
            return _AGAIN
        finally:
            self._save()

    def _descriptor(self) -> int | None:
        with self._lock:
            return self._notifier.fileno() if self._notifier else None

    def _unmute(self, now: float) -> float | None:
        muted = self._memory.muted
        for name in popups.no_longer_muted(muted, now):
            silent = [one for one in self._firing.values() if name in (one.key, one.rule)]
            for key in dict.fromkeys(popups.key(one, self._shared) for one in silent):
                self._show(key, self.alerts(key), quiet=False)
            del muted[name]
        return min(muted.values()) - now if muted else None

    def _save(self) -> None:
        if self._notifier:
            with self._lock:
                server, shown = self._notifier.numbers
                self._keeper.keep(Remembered(server, dict(shown), dict(self._memory.muted)))

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
        from ollama_watch.sinks.notifier import Notifier, Numbers  # noqa: PLC0415  # imports jeepney: an extra

        if self._notifier is None:
            known = Numbers(self._memory.server, self._memory.shown)
            self._notifier = Notifier(session_bus, known=known)
            self._listener = Listener(self._descriptor, self._hear)
        return self._notifier
