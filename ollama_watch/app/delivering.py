"""From the sinks to their outboxes, which go on where an earlier process was ended."""

from collections.abc import Callable, Sequence
from functools import partial

from ollama_watch.alerts.book import Book
from ollama_watch.app.checkpoint import Checkpoint
from ollama_watch.app.deliveries import Deliveries, standing
from ollama_watch.app.store import Store
from ollama_watch.sinks.outbox import Outbox
from ollama_watch.sinks.sink import Sink


def delivering(
    sinks: Sequence[Sink], book: Book, saved: Checkpoint, store: Store | None, ring: Callable[[], None]
) -> Deliveries:
    """Return what is to be told, with an outbox a sink; what `saved` says that they were told is in it."""
    held = {sink.name: standing(book, saved.told, sink) for sink in sinks}
    remember = store.settled.note if store else _forget
    outboxes = [
        Outbox(sink, ring, standing=held[sink.name], remember=partial(remember, sink.name)) for sink in sinks
    ]
    # Of all that was saved: what ends by what changed meanwhile is told by the first turn.
    told = {name: [one.key for one in alerts] for name, alerts in held.items()} | (saved.told or {})
    new = set(held) - set(held if saved.told is None else saved.told)
    if store is None:
        return Deliveries(outboxes, saved.undelivered, told, new)
    left = store.settled.unsettled(saved.undelivered, saved.numbers)
    return Deliveries(outboxes, left, told, new, store.settled.highest)


def _forget(*_: object) -> None:
    """Without a state directory nothing outlives us."""
