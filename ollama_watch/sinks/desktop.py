"""Pop-ups on the desktop of the session the program runs in. Needs the extra `desktop` (jeepney)."""

import logging
import time
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.notice import Notice
from ollama_watch.model import Severity
from ollama_watch.sinks import popups
from ollama_watch.sinks.buttons import MUTED_FOR
from ollama_watch.sinks.drawing import Drawing
from ollama_watch.sinks.firing import Firing
from ollama_watch.sinks.labels import place
from ollama_watch.sinks.listening import Listener
from ollama_watch.sinks.note import Note
from ollama_watch.sinks.remembered import Keeper, Remembered
from ollama_watch.sinks.session import has_library, session_bus
from ollama_watch.sinks.sink import Absent, Undelivered

if TYPE_CHECKING:
    from ollama_watch.sinks.notifier import Notifier
    from ollama_watch.sinks.pressing import Pressing

_log = logging.getLogger(__name__)

_NOBODY = "no notification server is on the session bus yet; pop-ups wait for one"
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
        patient: bool = False,
    ) -> None:
        """`page` gives the address of our status page; `accept` is `Pressing`'s, None: it is not offered.

        `state`: the file in which a later process finds what is shown; None: it does not.
        `patient`: nobody asked for pop-ups, so a session without a notification server is no failure; one
        that comes late shows what fires then.
        """
        self._least: Severity = min_severity
        self._page, self._accept, self._clock = page, accept, clock
        self._patient = patient
        # What others speak for, and what sleeps, as the loop told last; None: it has yet to tell.
        self._hushed: tuple[AbstractSet[str], AbstractSet[str]] | None = (set(), set())
        self._lock = RLock()  # guards what follows
        self._keeper = Keeper(state)
        self._memory = self._keeper.load()
        self._firing = Firing(self._memory.shown)
        accepts = accept is not None
        self._drawing = Drawing(self._desk, self._firing, self._memory, clock, accepts=accepts)
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
            key = self._firing.take(alert)
            if self._memory.muted.keys() & {key, alert.key, alert.rule}:
                return False
            try:
                done = self._drawing.draw(key, alert, quiet=quiet)
            except Absent:
                if not self._patient:
                    raise
                done = self._drawing.put_off(alert, quiet=quiet)
            self._firing.settle()
            return done

    def recall(self, alerts: Iterable[Alert]) -> None:
        """These are shown, or muted, by an earlier process; from now on their buttons do something again."""
        with self._lock:
            for alert in alerts:
                self._firing.take(alert)
            self._firing.settle()
            self._hushed = None
            with suppress(Undelivered):
                self._desk().listen()
                if self._patient and not self._desk().serves:
                    _log.info("desktop: %s", _NOBODY)

    def hush(self, spoken_for: AbstractSet[str], asleep: AbstractSet[str]) -> None:
        """Keys of alerts that others speak for, and of those that sleep, now. Waits for nothing."""
        if (spoken_for, asleep) != self._hushed:
            self._hushed = (spoken_for, asleep)
            if self._listener:
                self._listener.ring()

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
            return self._firing.of(key)

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

    def _hear(self) -> float | None:
        """Do what was pressed and end what was muted for long enough; return when to look again."""
        try:
            with self._lock:
                presses = self._desk().pressed()
            for press in presses:  # without the lock: what it does may take its time
                self._pressing().act(press)
            with self._lock:
                if self._hushed is None:
                    return None
                self._drawing.hush(*self._hushed)
                if self._desk().serves:
                    self._drawing.show_unseen()
                return self._drawing.unmute(self._clock())
        except Undelivered as error:  # the outbox has its own way of telling that nothing can be shown
            _log.debug("the desktop: %s", error)
            return _AGAIN
        finally:
            self._save()

    def _descriptor(self) -> int | None:
        with self._lock:
            return self._notifier.fileno() if self._notifier else None

    def _save(self) -> None:
        if self._notifier:
            with self._lock:
                server, shown = self._notifier.numbers
                muted, unseen = dict(self._memory.muted), set(self._memory.unseen)
                self._keeper.keep(Remembered(server, dict(shown), muted, unseen))

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
