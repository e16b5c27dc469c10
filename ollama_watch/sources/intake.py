"""Entries taken from a journal, by whichever way: what they give, and how far we are."""

import logging
from collections.abc import Iterable
from dataclasses import astuple
from typing import Any

from ollama_watch.model import Line
from ollama_watch.sources import entries
from ollama_watch.sources.batch import Batch, Run, Runs
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

    def state(self) -> tuple[str, int, tuple[Any, ...]]:
        """Return how far we are, for `go_on`."""
        return self.cursor, self._number, astuple(self.counters)

    def go_on(self, cursor: str, number: int, counters: Iterable[Any]) -> None:
        """Go on where another one has come to."""
        self.cursor, self._number, self.counters = cursor, number, Counters(*counters)

    def take(self, batch: Batch) -> Runs:
        """Return what the entries give, in their order; they are taken with that."""
        given: Runs = []
        start = 0
        for at in (*sorted(batch.notices), len(batch.texts)):
            if start < at:
                given.append(self._run(batch, start, at))
            if at in batch.notices and (told := self._notice(batch, at)):
                given.append(told)
            start = at + 1
        if batch.cursors:
            self.cursor = batch.cursors[-1]
        return given

    def _run(self, batch: Batch, start: int, end: int) -> Run | list[Line]:
        count, texts = end - start, batch.texts[start:end]
        block = b"\n".join(texts) + b"\n"
        times, cursors = batch.times[start:end], batch.cursors[start:end]
        first = self._number + 1
        self._number += count
        if b"\r" in block or block.count(b"\n") != count:
            given = [
                Line(text.rstrip(b"\r"), first + at, times[at], cursors[at])
                for at, message in enumerate(texts)
                for text in message.split(b"\n")
                if text
            ]
            self._count(len(given), sum(len(line.text) + 1 for line in given), times[-1])
            return given
        self._count(count, len(block), times[-1])
        return Run(block, first, times, cursors)

    def _notice(self, batch: Batch, at: int) -> list[Line]:
        notice, text, when = batch.notices[at], batch.texts[at], batch.times[at]
        self.counters.suppressed += notice.dropped
        match notice.kind:
            case "stopped" | "failed" as kind:
                self._number += 1
                self._count(1, len(text) + 1, when)
                return [Line(text, self._number, when, batch.cursors[at], kind)]
        return []

    def _count(self, lines: int, size: int, at: float) -> None:
        if lines:
            self.counters.lines += lines
            self.counters.bytes += size
            self.counters.last_line_at = at

    # ---- an entry that is not where it was

    def missed(self) -> None:
        """What came after the last entry was removed, in part at least."""
        self.counters.gaps += 1
        _log.warning("%s: journald removed entries before they were read: some may be missing", self._name)

    def forget(self) -> None:
        """The last entry is none of this journal: begin as if there had been none."""
        self.cursor = ""
        _log.warning("%s: the saved place is none in this journal: reading from the last start", self._name)
