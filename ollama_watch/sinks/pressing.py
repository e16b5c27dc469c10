"""What the three buttons do."""

import logging
import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ollama_watch.alerts.alert import Alert
from ollama_watch.errors import UserError
from ollama_watch.sinks.buttons import ACCEPT, DETAILS, MUTE, acceptable
from ollama_watch.sinks.note import Note
from ollama_watch.sinks.notifier import Press
from ollama_watch.sinks.wording import clean, line

_CLICKED = "default"  # some servers say so though nobody offered it
_log = logging.getLogger(__name__)


class Screen(Protocol):
    """Whoever shows the pop-ups: the desktop sink, or the agent's board."""

    def alerts(self, key: str) -> list[Alert]:
        """Return what the pop-up `key` is about, as far as it still fires."""

    def mute(self, key: str, now: float) -> None:
        """Say nothing of it for a while; what still fires then is told anew."""

    def say(self, key: str, note: Note) -> None:
        """Show a note that is about no alert."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressing:
    """Acts on a press at once; what it has to say it says on the screen."""

    screen: Screen
    details: Callable[[str], None]  # opens the daemon's page; the id of the alert that it is about, or ""
    accept: Callable[[Alert], str]  # its model; returns what else is to be done, raises UserError
    clock: Callable[[], float] = time.time

    def act(self, press: Press) -> None:
        """Do what the button says; one that we did not offer does nothing."""
        if press.action in (DETAILS, _CLICKED):
            alerts = self.screen.alerts(press.key)
            self.details(alerts[0].id if len(alerts) == 1 else "")
        elif press.action == MUTE:
            self.screen.mute(press.key, self.clock())
        elif press.action == ACCEPT:
            for alert in acceptable(self.screen.alerts(press.key)):
                self._accept(press.key, alert)

    def _accept(self, key: str, alert: Alert) -> None:
        name = clean(alert.model)
        try:
            more = self.accept(alert)
        except UserError as error:
            _log.info("%s is not accepted: %s", name, error.message)
            lines = (line(f"sudo ollama-watchd accept {shlex.quote(name)}"), line(error.message))
            self.screen.say(f"{key} accept {name}", Note("To accept it, type this", lines, 1, quiet=False))
            return
        _log.info("%s is accepted", name)
        if more:
            self.screen.say(f"{key} accept {name}", Note("Accepted", (line(more),), 0, quiet=False))
