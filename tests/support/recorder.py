"""A sink that remembers, fails as often as told, and can be held."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.notice import Notice, What
from ollama_watch.app.deliveries import Deliveries
from ollama_watch.sinks.outbox import Outbox
from ollama_watch.sinks.sink import Undelivered
from tests.support.made_alerts import reverted, small

BEGIN = Notice(reverted(), "begin")
OTHER = Notice(small("llama3.1:8b"), "begin")
LAST = Notice(replace(small("last"), id="last"), "begin")


class Recorder:
    """A sink that remembers, fails as often as told, and can be held."""

    name = "recorder"

    def __init__(self, failures: int = 0) -> None:
        self.told: list[Alert] = []
        self.whats: list[What] = []
        self.notices: list[Notice] = []
        self.tries = 0
        self.free = Event()
        self.free.set()
        self.failures = failures  # of the first tries
        self.error = Undelivered("not now")

    def wants(self, alert: Alert) -> bool:
        return alert.severity != "info"

    def tell(self, notice: Notice) -> bool | None:
        self.free.wait(10)
        self.tries += 1
        if self.tries <= self.failures:
            raise self.error
        self.told.append(notice.alert)
        self.whats.append(notice.what)
        self.notices.append(notice)
        return None

    def close(self) -> None:
        """Nothing is held."""


@contextmanager
def outbox(sink: Recorder, delays: tuple[float, ...] = (0.01, 0.01)) -> Iterator[Outbox]:
    box = Outbox(sink, delays=delays)
    try:
        yield box
    finally:
        sink.free.set()
        box.close()


def collected(deliveries: Deliveries) -> Deliveries:
    deliveries.collect()
    return deliveries


def gone_on(deliveries: Deliveries) -> bool:
    """Do what the loop does at each turn; tell whether nothing waits any more."""
    deliveries.collect()
    deliveries.go_on()
    return not deliveries.undelivered
