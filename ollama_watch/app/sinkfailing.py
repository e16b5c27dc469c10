"""The alert that a sink takes nothing any more: told by all the others."""

from collections.abc import Callable, Iterable, Sequence

from ollama_watch.alerts.book import Book
from ollama_watch.alerts.notice import Notice
from ollama_watch.app.deliveries import Deliveries
from ollama_watch.app.sandboxed import Kept
from ollama_watch.app.sinkrule import SINK_FAILING, failing_sinks
from ollama_watch.model import Finding
from ollama_watch.sinks import own
from ollama_watch.sinks.outbox import Outbox
from ollama_watch.sinks.sink import Resending


class SinkFailing:
    """Begins and ends the alerts of sinks. Belongs to the loop's thread."""

    def __init__(
        self,
        outboxes: Sequence[Outbox],
        deliveries: Deliveries,
        book: Book,
        clock: Callable[[], float],
        lacking: Iterable[Kept] = (),
    ) -> None:
        """Alerts that an earlier process left in `book` end when their sink takes something, or is gone."""
        self._outboxes, self._deliveries, self._book, self._clock = outboxes, deliveries, book, clock
        self._lacking = {one.sink: one for one in lacking if one.seen}  # at the start
        self._known: tuple[int, set[str]] = (-1, set())  # as of which changes of the book

    def turn(self) -> list[Notice]:
        """Return what people are to be told of the sinks now."""
        now = self._clock()
        firing = self._firing()
        notices = self._ended(firing, now)
        for box in self._outboxes:
            source = own.source_of(box.sink.name)
            lack = None if box.tried else self._lacking.get(box.sink.name)
            if (box.is_failing or lack) and source not in firing:
                notices += self._book.broken(SINK_FAILING, _finding(box, source, now, lack), now)
                notices += self._book.tick((None, source), now)
        return notices

    def _firing(self) -> set[str]:
        """Return the sources of such alerts: the book may have ended one for reasons of its own."""
        changes = self._book.looks.changes
        if self._known[0] != changes:
            self._known = (changes, failing_sinks(self._book))
        return self._known[1]

    def _ended(self, firing: set[str], now: float) -> list[Notice]:
        boxes = {own.source_of(box.sink.name): box for box in self._outboxes}
        notices = []
        for source in sorted(firing):
            box = boxes.get(source)
            if box is None or self._works(box):
                notices += self._book.drop((None, source), now)
        return notices

    def _works(self, box: Outbox) -> bool:
        """Tell whether it takes what it is told, or would: nothing is known to be wrong."""
        if not box.tried and box.sink.name in self._lacking:
            return False
        will_try = self._deliveries.waits(box.sink.name) or isinstance(box.sink, Resending)
        return not box.failures and (box.tried or not will_try)


def _finding(box: Outbox, source: str, now: float, lack: Kept | None) -> Finding:
    name = box.sink.name
    return Finding(
        rule=SINK_FAILING.id,
        severity=SINK_FAILING.severity,
        launch=None,
        source=source,
        host=None,
        subject=name,
        line=int(now),  # there is none; what makes each begin another one
        at=now,
        fact=None,
        expected=None,
        actual=None,
        message=f"the sink {name} takes nothing: {lack.why if lack else box.trouble}",
        of_model=False,
        fixes=(lack.mend if lack else "ollama-watchd doctor",),
    )
