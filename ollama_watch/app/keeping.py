"""Keeping the checkpoint true: when it is written, and what is offered only after that.

A kill loses nothing that was written, so from then on it may be seen; people hear of it when the disk has it.
"""

from collections.abc import Callable, Sequence

from ollama_watch.alerts.notice import Notice
from ollama_watch.app.checkpoint import Checkpoint, Resumed, Writer
from ollama_watch.app.deliveries import Deliveries
from ollama_watch.app.roster import Roster
from ollama_watch.app.sinkfailing import SinkFailing
from ollama_watch.app.store import Store
from ollama_watch.app.watching import Watch

_EVERY = 10.0  # s between checkpoints when nobody is told anything: so much is read again after a kill
_SETTLED_EVERY = 1.0  # s; until then it stands in a file of its own


class Keeping:
    """Writes the state of a watch and its sources. Belongs to the loop's thread."""

    def __init__(
        self,
        store: Store | None,
        watch: Watch,
        roster: Roster,
        deliveries: Deliveries,
        clock: Callable[[], float],
        sinks: SinkFailing | None = None,
    ) -> None:
        """Without a `store` nothing is written, and a restart begins anew."""
        self._store, self._watch, self._roster = store, watch, roster
        self.deliveries, self._sinks = deliveries, sinks
        self._clock = clock
        self._writer = Writer()
        self._saved_at: float | None = None  # in this process
        self._saved_lines = 0  # -1: not all of them are saved
        self._saved_begins = 0
        self._written = False  # and not settled

    @property
    def failures(self) -> int:
        """Return how often the state could not be saved."""
        return self._store.failures if self._store else 0

    def turn(self, notices: Sequence[Notice]) -> None:
        """Write down what a turn of the loop has changed; `settle` comes next."""
        self.deliveries.collect()
        self.deliveries.add([*notices, *(self._sinks.turn() if self._sinks else ())])
        self.deliveries.catch_up(self._watch.known)
        begun = self._watch.book.begun != self._saved_begins  # nobody sees an id that a kill can change
        if self.deliveries.changed or begun or self._late():
            self._write()

    def settle(self) -> None:
        """Put what was written on the disk, then tell people."""
        if self._written:
            self._written = False
            saved = self._store is not None and self._store.settle()
            if self._store and not saved:
                self._saved_lines = -1
            self.deliveries.moved = False
            if self._store and saved and self.deliveries.idle:
                self._store.settled.clear()
        self.deliveries.go_on()

    def finish(self) -> None:
        """Save for the last time."""
        self.deliveries.collect()
        self._write()
        self.settle()

    def _late(self) -> bool:
        """Tell whether there is something to write; at first a place, so that no rotation is missed."""
        if self._saved_at is None:
            return True
        since = self._clock() - self._saved_at
        if self.deliveries.moved and since >= _SETTLED_EVERY:
            return True
        lines = sum(source.counters.lines for source in self._roster.sources)
        return lines != self._saved_lines and since >= _EVERY

    def _write(self) -> None:
        """A full disk is told by the store, and tried again later."""
        self.deliveries.add(self._watch.settle())
        self._saved_at = self._clock()
        self._saved_begins = self._watch.book.begun
        self._saved_lines = sum(source.counters.lines for source in self._roster.sources)
        if self._store:
            self._store.write(*self._writer.parts(self._now()))
        self._written = True

    def _now(self) -> Checkpoint:
        return Checkpoint(
            sources={
                source.name: Resumed(
                    target=self._roster.whats[source.name],
                    position=source.position,
                    watched=self._watch.sources[source.name],
                    now=self._watch.sources[source.name].reading.fleet.now,
                )
                for source in self._roster.sources
                if source.position
            },
            book=self._watch.book,
            moments=self._watch.judging.moments,
            undelivered=self.deliveries.undelivered,
            numbers=self.deliveries.numbers,
            told=self.deliveries.told,
        )
