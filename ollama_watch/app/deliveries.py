"""What each sink has still to be told. A notice stays here until its sink has settled it.

It is written to the checkpoint before it is offered, and a sink goes on to its next notice only when the
checkpoint knows that the last one is settled: a kill can repeat only the one in flight.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

from ollama_watch.alerts.notice import Notice
from ollama_watch.sinks.outbox import Outbox

_MOST = 1000  # notices that wait for one sink; what is older is dropped, and counted


class Deliveries:
    """Notices on their way. Belongs to the loop's thread."""

    def __init__(self, outboxes: Sequence[Outbox], undelivered: Mapping[str, Sequence[Notice]]) -> None:
        self._outboxes = outboxes
        self._waiting: dict[str, OrderedDict[int, Notice]] = {
            box.sink.name: OrderedDict() for box in outboxes
        }
        self._offered: dict[str, int] = {box.sink.name: 0 for box in outboxes}  # the last number that was
        self._settled: dict[str, int] = {}  # the last number that was, since the last checkpoint
        self._count = 0
        self._changed = False
        for box in outboxes:
            for notice in undelivered.get(box.sink.name, ()):
                self._add(box, notice)

    def add(self, notices: Iterable[Notice]) -> None:
        """Take in what people are to be told, for each sink that wants it."""
        for notice in notices:
            for box in self._outboxes:
                if box.sink.wants(notice.alert):
                    self._add(box, notice)

    def _add(self, box: Outbox, notice: Notice) -> None:
        waiting = self._waiting[box.sink.name]
        self._count += 1
        waiting[self._count] = notice
        self._changed = True
        if len(waiting) > _MOST:
            waiting.popitem(last=False)
            box.outcomes["dropped"] += 1

    def collect(self) -> None:
        """Strike off what the sinks have settled since."""
        for box in self._outboxes:
            for number in box.settled():
                self._waiting[box.sink.name].pop(number, None)
                self._settled[box.sink.name] = number

    @property
    def changed(self) -> bool:
        """Tell whether the checkpoint does not know all this yet."""
        return self._changed or bool(self._settled)

    @property
    def undelivered(self) -> dict[str, list[Notice]]:
        """Return what waits, by sink, the oldest first."""
        return {name: list(waiting.values()) for name, waiting in self._waiting.items() if waiting}

    def go_on(self) -> None:
        """The checkpoint is written: offer what there is room for, and let the sinks have their next."""
        self._changed = False
        for box in self._outboxes:
            name = box.sink.name
            for number in [one for one in self._waiting[name] if one > self._offered[name]]:
                if not box.offer(number, self._waiting[name][number]):
                    break  # the rest has its turn when there is room again
                self._offered[name] = number
            if name in self._settled:
                box.go_on(self._settled.pop(name))
