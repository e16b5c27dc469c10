"""The agent's loop: what was heard goes to the board, what is due to the desktop, presses back."""

import logging
import selectors
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

from ollama_watch.agent.board import Board, Step
from ollama_watch.agent.mailbox import Mailbox
from ollama_watch.agent.memory import save
from ollama_watch.agent.received import Everything
from ollama_watch.sinks.notifier import Notifier
from ollama_watch.sinks.pressing import Pressing
from ollama_watch.sinks.sessionbus import NotThis
from ollama_watch.sinks.sink import Undelivered

_log = logging.getLogger(__name__)

_DELAYS = (1.0, 60.0)  # s between tries of a desktop that does not answer: at first, and at most
_REFUSED = 10.0  # s until what a server refused is tried again
_IDLE = 3600.0  # s
_ASIDE = "the daemon shows pop-ups on this desktop itself: this agent is not needed, and shows nothing"
_BACK = "the daemon shows no pop-ups on this desktop any more: this agent does"


class Desk:
    """Owns the board and the notifier while it runs."""

    def __init__(
        self,
        *,
        mailbox: Mailbox,
        board: Board,
        notifier: Notifier,
        pressing: Pressing,
        state: Path,
        clock: Callable[[], float] = time.time,
        delays: tuple[float, float] = _DELAYS,
    ) -> None:
        self._mailbox, self._board = mailbox, board
        self._notifier, self._pressing = notifier, pressing
        self._state, self._clock = state, clock
        self._first, self._longest = delays
        self._delay = self._first
        self._retry_at = 0.0  # by the monotonic clock; before that the desktop is left alone
        self._daemons = ""  # id of the bus on whose desktop the daemon itself shows pop-ups
        self._aside = False  # it is ours
        self._refused: dict[str, float] = {}  # keys of pop-ups -> when to try again, by the same clock
        self._trouble = ""
        self._unwritten = ""

    def run(self, stop: Event) -> None:
        """Work until `stop` is set; whoever sets it rings the mailbox."""
        while not stop.is_set():
            for what in self._mailbox.take():
                self._board.take(what)
                if isinstance(what, Everything):
                    self._daemons = what.desktop
            if time.monotonic() >= self._retry_at:
                self._work()
            self._wait()
        self._save()

    def _work(self) -> None:
        try:
            while presses := self._notifier.pressed():
                for press in presses:
                    self._pressing.act(press)
                self._save()
            self._stand_aside()
            for step in [] if self._aside else self._board.steps(self._clock()):
                self._try(step)
        except Undelivered as error:
            self._put_off(str(error))
        else:
            self._trouble = self._trouble if self._refused else ""
            self._delay = self._first

    def _stand_aside(self) -> None:
        """Show nothing where the daemon shows it all, and what we showed no more; said once each time."""
        aside = bool(self._daemons) and self._daemons == self._notifier.bus
        if aside:
            for key in self._notifier.numbers.shown:
                self._notifier.withdraw(key)
            self._board.forget()
        if aside != self._aside:
            _log.info("%s", _ASIDE if aside else _BACK)
            self._aside = aside
            self._save()

    def _try(self, step: Step) -> None:
        """Do it, unless the server just refused to; what it refuses costs the others nothing."""
        now = time.monotonic()
        self._refused = {key: at for key, at in self._refused.items() if at > now}
        if step.note and step.key in self._refused:
            return
        try:
            self._do(step)
        except NotThis as error:
            self._refused[step.key] = now + _REFUSED
            self._complain(f"not all can be shown: {error}")

    def _do(self, step: Step) -> None:
        if step.note is None:
            self._notifier.withdraw(step.key, for_now=step.for_now)
        else:
            self._notifier.show(step.key, step.note)
        self._board.done(step, self._clock())
        self._save()

    def _put_off(self, trouble: str) -> None:
        """Try again later, or when a server comes; said once."""
        self._complain(f"nothing can be shown: {trouble}")
        self._retry_at = time.monotonic() + self._delay
        self._delay = min(2 * self._delay, self._longest)

    def _complain(self, trouble: str) -> None:
        """Once, until all is well again."""
        if trouble != self._trouble:
            _log.warning("%s", trouble)
        self._trouble = trouble

    def _wait(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._mailbox, selectors.EVENT_READ)
            if (desktop := self._notifier.fileno()) is not None:
                selector.register(desktop, selectors.EVENT_READ)
            ready = [key.fd for key, _ in selector.select(self._pause())]
        if desktop in ready and self._retry_at:
            self._look_for_a_server()

    def _look_for_a_server(self) -> None:
        """A server that comes is reason enough to try again at once."""
        try:
            self._notifier.listen()
        except Undelivered:
            return
        if self._notifier.came:
            self._notifier.came, self._retry_at = False, 0.0

    def _pause(self) -> float:
        now, monotonic = self._clock(), time.monotonic()
        due = self._board.next_at(now)
        waits = [_IDLE if due is None else due - now]
        waits += [at - monotonic for at in (self._retry_at, *self._refused.values()) if at > monotonic]
        return max(min(waits), 0.0)

    def _save(self) -> None:
        """A full disk costs a repetition after the next start; said once."""
        memory = self._board.memory
        memory.server, shown = self._notifier.numbers
        memory.shown = dict(shown)
        try:
            save(self._state, memory)
            self._unwritten = ""
        except OSError as error:
            if str(error) != self._unwritten:
                _log.warning("%s: cannot be written: %s", self._state, error.strerror)
            self._unwritten = str(error)
