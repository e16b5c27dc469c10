"""Entries taken from a journal, by whichever way: what each gives, and how far we are."""

import logging
from collections.abc import Callable

from ollama_watch.model import Line
from ollama_watch.sources import entries
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.position import Position
from ollama_watch.sources.source import Counters

_log = logging.getLogger(__name__)


class Intake:
    """Turns entries into lines and counts them."""

    def __init__(self, target: SourceConfig, after: Position | None) -> None:
        self.matches = entries.matches(target)
        self.counters = Counters()
        self.cursor = after.cursor if after else ""  # of the last entry that was taken; empty: none yet
        self._number = after.number if after else 0  # of entries that gave lines
        self._name = target.name

    @property
    def position(self) -> Position | None:
        """Return where to go on after a restart; None: nothing was taken yet."""
        return Position(cursor=self.cursor, number=self._number) if self.cursor else None

    def take(self, field: Callable[[str], bytes], cursor: str, at: float) -> list[Line]:
        """Return the lines of one entry, mostly one; they share its number and cursor.

        `field` gives a field of the entry, empty if it has none of that name.
        """
        message = field("MESSAGE")
        if not message:
            return []
        self.cursor = cursor
        match kind := self.matches.kind(field):
            case "line":
                return self._lines(message, at)
            case "dropped":
                dropped = field("N_DROPPED")
                self.counters.suppressed += int(dropped) if dropped.isdigit() else 0
            case "stopped" | "failed":
                self._number += 1
                return [Line(message, self._number, at, cursor, kind)]
        return []

    def _lines(self, message: bytes, at: float) -> list[Line]:
        self._number += 1
        texts = [text for text in message.split(b"\n") if text] if b"\n" in message else [message]
        return [Line(text.rstrip(b"\r"), self._number, at, self.cursor) for text in texts]

    def count(self, given: list[Line]) -> None:
        """Add what a turn gave."""
        if given:
            self.counters.lines += len(given)
            self.counters.bytes += sum(len(line.text) + 1 for line in given)
            self.counters.last_line_at = given[-1].at

    # ---- an entry that is not where it was

    def missed(self) -> None:
        """What came after the last entry was removed, in part at least."""
        self.counters.gaps += 1
        _log.warning("%s: journald removed entries before they were read: some may be missing", self._name)

    def forget(self) -> None:
        """The last entry is none of this journal: begin as if there had been none."""
        self.cursor = ""
        _log.warning("%s: the saved place is none in this journal: reading from the last start", self._name)
