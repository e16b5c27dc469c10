"""What each sink has still to be told. A notice stays here until its sink has settled it.

It is written to the checkpoint before it is offered, and that it is settled to a file beside that
(`app.settled`) before the sink goes on to its next: a kill can repeat only the one in flight.
"""

from collections import OrderedDict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.book import Book
from ollama_watch.alerts.notice import Notice
from ollama_watch.sinks.outbox import Outbox
from ollama_watch.sinks.own import is_about
from ollama_watch.sinks.sink import Recording, Resending, Sink

_MOST = 10_000  # alerts that a sink is told of; `alerts.book` has at most a thousand of a source


def standing(book: Book, told: Mapping[str, Iterable[str]] | None, sink: Sink) -> list[Alert]:
    """Return what `sink` was told of and still holds; what is new and says again shows all from the start.

    `told` is the checkpoint's: None if it does not tell, so each sink that is there knows of everything.
    """
    held = [entry.told for entry in book.entries.values() if entry.told]
    if told is None or (sink.name not in told and isinstance(sink, Resending)):
        return [one for one in held if sink.wants(one) and not is_about(one, sink.name)]
    known = set(told.get(sink.name, ()))
    return [one for one in held if one.key in known]


class Deliveries:
    """Notices on their way. Belongs to the loop's thread."""

    def __init__(
        self,
        outboxes: Sequence[Outbox],
        undelivered: Mapping[str, Sequence[Notice]],
        told: Mapping[str, Iterable[str]] | None = None,
        new: Container[str] = (),
        first: int = 0,
    ) -> None:
        """`told`: keys of the alerts that an earlier process has told, by sink; `new` ones know of none.

        `first`: no number that an earlier process gave is greater.
        """
        self.outboxes = outboxes
        self._new = [box for box in outboxes if box.sink.name in new]
        self._told = {
            box.sink.name: OrderedDict.fromkeys((told or {}).get(box.sink.name, ())) for box in outboxes
        }
        self._waiting: dict[str, OrderedDict[int, Notice]] = {
            box.sink.name: OrderedDict() for box in outboxes
        }
        self._offered = self._count = first  # the last number that was, and that was given
        self.changed = False  # the checkpoint does not know yet what people are to be told
        self.moved = False  # nor what became of it: that stands elsewhere too
        for box in outboxes:
            for notice in undelivered.get(box.sink.name, ()):
                self._remember(box, notice)
                self._add(box, notice)
        self._of_earlier = self._count  # numbers up to this one: an earlier process may have told them

    def add(self, notices: Iterable[Notice]) -> None:
        """Take in what people are to be told, for each sink that wants it or knows of the alert."""
        for notice in notices:
            for box in self.outboxes:
                if found := self._for(box, notice):
                    self._remember(box, found)
                    self._add(box, found)

    def catch_up(self, alerts: Callable[[], Iterable[Alert]]) -> None:
        """Tell sinks that are new of what people know of, and what holds."""
        for alert in alerts() if self._new else ():
            for box in self._new:
                known = alert.key in self._told[box.sink.name]
                if not known and (notice := self._for(box, Notice(alert, "begin"))):
                    self._remember(box, notice)
                    self._add(box, notice)

    def _for(self, box: Outbox, notice: Notice) -> Notice | None:
        """Return what this sink is to hear: an alert that others know may have become grave enough for it."""
        if notice.alert.key in self._told[box.sink.name]:
            return notice
        if notice.what in ("change", "end") or is_about(notice.alert, box.sink.name):
            return None
        if notice.quiet and not isinstance(box.sink, Recording):
            return None
        return replace(notice, what="begin") if box.sink.wants(notice.alert) else None

    def _remember(self, box: Outbox, notice: Notice) -> None:
        told = self._told[box.sink.name]
        if notice.what == "end":
            told.pop(notice.alert.key, None)
            return
        told[notice.alert.key] = None
        if len(told) > _MOST:
            told.popitem(last=False)

    def _add(self, box: Outbox, notice: Notice) -> None:
        self._count += 1
        self._waiting[box.sink.name][self._count] = notice
        self.changed = True

    def waits(self, sink: str) -> bool:
        """Tell whether something waits for the sink of that name."""
        return bool(self._waiting[sink])

    def collect(self) -> None:
        """Strike off what the sinks have settled since, and take in what they will tell instead."""
        for box in self.outboxes:
            waiting = self._waiting[box.sink.name]
            for number, instead in box.news():
                self.moved = True
                if instead is None:
                    waiting.pop(number, None)
                else:
                    waiting[number] = instead

    @property
    def idle(self) -> bool:
        """Tell whether no sink has anything in its hands."""
        return all(number > self._offered for waiting in self._waiting.values() for number in waiting)

    @property
    def told(self) -> dict[str, list[str]]:
        """Return the keys of the alerts that each sink knows of, or will."""
        return {name: list(keys) for name, keys in self._told.items()}

    @property
    def undelivered(self) -> dict[str, list[Notice]]:
        """Return what waits, by sink, the oldest first."""
        return {name: list(waiting.values()) for name, waiting in self._waiting.items() if waiting}

    @property
    def numbers(self) -> dict[str, list[int]]:
        """Return under which numbers that waits."""
        return {name: list(waiting) for name, waiting in self._waiting.items() if waiting}

    def go_on(self) -> None:
        """The checkpoint is written: offer what is new."""
        self.changed = False
        for box in self.outboxes:
            for number, notice in self._waiting[box.sink.name].items():
                if number > self._offered:
                    box.offer(number, notice, perhaps=number <= self._of_earlier)
            box.go_on()
        self._offered = self._count
