"""What a desktop sink puts on the screen, and takes away. Not for several threads.

Whatever draws raises Undelivered where the desktop cannot be reached.
"""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TYPE_CHECKING

from ollama_watch.alerts.alert import Alert
from ollama_watch.sinks import popups
from ollama_watch.sinks.buttons import ACCEPT
from ollama_watch.sinks.firing import Firing
from ollama_watch.sinks.remembered import Remembered
from ollama_watch.sinks.sink import Undelivered

if TYPE_CHECKING:
    from ollama_watch.sinks.notifier import Notifier


class Drawing:
    """Draws what fires, as far as nobody muted it and nothing speaks for it."""

    def __init__(
        self,
        desk: Callable[[], "Notifier"],
        firing: Firing,
        memory: Remembered,
        clock: Callable[[], float],
        *,
        accepts: bool,
    ) -> None:
        """`accepts`: "That's fine" can be pressed."""
        self._desk, self._firing, self._memory = desk, firing, memory
        self._clock, self._accepts = clock, accepts
        self._loud: dict[str, float] = {}  # a pop-up's key -> when it was heard of last

    def draw(self, key: str, alert: Alert, *, quiet: bool) -> bool:
        """Show, replace or close; False: there was nothing to."""
        if alerts := self._firing.seen(key):
            return self._show(key, alerts, quiet=quiet or alert.state == "resolved")
        return self._end(key, alert) if alert.state == "resolved" else False

    def put_off(self, alert: Alert, *, quiet: bool) -> bool:
        """Nobody is there to show it; one that comes later will."""
        if alert.state == "resolved":
            self._memory.unseen.discard(alert.key)
        elif not quiet:
            self._memory.unseen.add(alert.key)
        return False

    def show_unseen(self) -> None:
        """Show what was put off and is not over; what sleeps waits until it runs again."""
        waiting = set()
        for key in self._firing.popups_of(self._memory.unseen):
            if alerts := self._firing.awake(key):
                self._show(key, alerts, quiet=False)
            else:
                waiting |= {one.key for one in self._firing.of(key)}
        self._memory.unseen &= waiting

    def hush(self, spoken_for: AbstractSet[str], asleep: AbstractSet[str]) -> None:
        """Take away what others speak for, and bring it back without a sound; what was put away stays so."""
        before = self._firing.away
        try:
            for key in self._firing.hush(spoken_for, asleep):
                self._redraw(key)
        except Undelivered:  # it is still to be done
            self._firing.away = before
            raise

    def unmute(self, now: float) -> float | None:
        """Tell anew what was muted for long enough; return the seconds until there is more of it.

        What sleeps by then stays muted until it runs again.
        """
        muted = self._memory.muted
        over = popups.no_longer_muted(muted, now)
        for name in over:
            keys = self._firing.popups_of({name})
            awake = [(key, alerts) for key in keys if (alerts := self._firing.awake(key))]
            for key, alerts in awake:
                self._show(key, alerts, quiet=False)
            if awake or not keys:
                del muted[name]
        return min((until - now for name, until in muted.items() if name not in over), default=None)

    def _redraw(self, key: str) -> None:
        if self._memory.muted.keys() & {key, *(one.rule for one in self._firing.of(key))}:
            return
        if alerts := self._firing.seen(key):
            self._show(key, alerts, quiet=True)
        else:
            self._desk().withdraw(key, for_now=True)

    def _show(self, key: str, alerts: list[Alert], *, quiet: bool) -> bool:
        now = self._clock()
        for one in alerts:
            if one.key != key:  # it had a pop-up of its own, before they were so many
                self._desk().withdraw(one.key)
        if self._firing.are_shared(key) and self._desk().shows(key):
            quiet = quiet or abs(now - self._loud.get(key, 0.0)) < popups.LOUD
        note = popups.note(alerts, quiet=quiet)
        if not self._accepts:
            note = replace(note, actions=tuple(one for one in note.actions if one[0] != ACCEPT))
        self._desk().show(key, note)
        self._memory.unseen.difference_update(one.key for one in alerts)
        if not quiet:
            self._loud[key] = now
        return True

    def _end(self, key: str, alert: Alert) -> bool:
        """Take away the last of a pop-up; False: there was nothing to, or nobody had seen it."""
        self._loud.pop(key, None)
        was_shown = self._desk().withdraw(key)
        if alert.key in self._memory.unseen:
            self._memory.unseen.discard(alert.key)
            return was_shown
        back = popups.back_note(alert)
        if back:
            self._desk().show(f"{key} is back", back)
        return was_shown or back is not None
