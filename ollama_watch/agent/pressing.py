"""What the three buttons do."""

import logging
import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass

from ollama_watch.agent.board import Board
from ollama_watch.agent.buttons import ACCEPT, DETAILS, MUTE, acceptable
from ollama_watch.errors import UserError
from ollama_watch.sinks.note import Note
from ollama_watch.sinks.notifier import Press
from ollama_watch.sinks.wording import clean, line

_CLICKED = "default"  # some servers say so though nobody offered it
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressing:
    """Acts on a press at once; what it has to say it says on the board."""

    board: Board
    details: Callable[[], None]  # opens the daemon's page
    accept: Callable[[str], str]  # a model; returns what else is to be done, raises UserError
    clock: Callable[[], float] = time.time

    def act(self, press: Press) -> None:
        """Do what the button says; one that we did not offer does nothing."""
        if press.action in (DETAILS, _CLICKED):
            self.details()
        elif press.action == MUTE:
            self.board.mute(press.key, self.clock())
        elif press.action == ACCEPT:
            for model in acceptable(self.board.alerts(press.key)):
                self._accept(press.key, model)

    def _accept(self, key: str, model: str) -> None:
        name = clean(model)
        try:
            more = self.accept(model)
        except UserError as error:
            _log.info("%s is not accepted: %s", name, error.message)
            lines = (line(f"sudo ollama-watchd accept {shlex.quote(name)}"), line(error.message))
            self.board.say(f"{key} accept {name}", Note("To accept it, type this", lines, 1, quiet=False))
            return
        _log.info("%s is accepted", name)
        if more:
            self.board.say(f"{key} accept {name}", Note("Accepted", (line(more),), 0, quiet=False))
