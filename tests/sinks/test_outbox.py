"""Delivery: bounded, retried, counted, one at a time, and elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.notice import Notice
from ollama_watch.app.deliveries import Deliveries
from ollama_watch.sinks.outbox import Outbox
from ollama_watch.sinks.sink import Undelivered
from tests.support.made_alerts import reverted
from tests.support.wait import until

BEGIN = Notice(reverted(), "begin")


class Recorder:
    """A sink that remembers, fails as often as told, and can be held."""

    name = "recorder"

    def __init__(self, failures: int = 0) -> None:
        self.told: list[Alert] = []
        self.tries = 0
        self.free = Event()
        self.free.set()
        self._failures = failures

    def wants(self, alert: Alert) -> bool:
        return alert.severity != "info"

    def deliver(self, alert: Alert, *, quiet: bool) -> None:
        self.free.wait(10)
        self.tries += 1
        if self.tries <= self._failures:
            raise Undelivered("not now")
        self.told.append(alert)

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


def test_what_fails_is_tried_again() -> None:
    sink = Recorder(failures=2)
    with outbox(sink) as box:
        box.offer(1, BEGIN)
        until(lambda: sink.told)

    assert box.outcomes == {"sent": 1, "failed": 0, "dropped": 0}


def test_what_fails_again_and_again_is_given_up_and_counted() -> None:
    sink = Recorder(failures=100)
    with outbox(sink) as box:
        box.offer(1, BEGIN)
        until(lambda: box.outcomes["failed"])

    assert (sink.tries, box.outcomes["sent"]) == (3, 0)


def test_a_stuck_sink_costs_notices_not_time() -> None:
    sink = Recorder()
    sink.free.clear()
    with outbox(sink) as box:
        accepted = [box.offer(number, BEGIN) for number in range(150)]

        assert box.outcomes["dropped"] == accepted.count(False) > 0


def test_a_bug_in_a_sink_does_not_end_its_thread() -> None:
    sink = Recorder()
    sink.deliver = None  # type: ignore[assignment]  # calling it is the bug
    with outbox(sink) as box:
        box.offer(1, BEGIN)
        until(lambda: box.outcomes["failed"])
        box.go_on()
        box.offer(2, BEGIN)
        until(lambda: box.outcomes["failed"] == 2)


def test_the_next_notice_waits_until_the_last_one_is_remembered() -> None:
    sink = Recorder()
    with outbox(sink) as box:
        deliveries = Deliveries([box], {})
        deliveries.add([BEGIN, BEGIN])
        assert len(deliveries.undelivered["recorder"]) == 2
        deliveries.go_on()
        until(lambda: sink.told)
        until(lambda: collected(deliveries).changed)

        assert len(sink.told) == 1
        assert len(deliveries.undelivered["recorder"]) == 1
        deliveries.go_on()
        until(lambda: len(sink.told) == 2)
        until(lambda: not collected(deliveries).undelivered)


def test_what_an_earlier_process_left_is_offered_first() -> None:
    sink = Recorder()
    with outbox(sink) as box:
        deliveries = Deliveries([box], {"recorder": [BEGIN]})
        deliveries.go_on()
        until(lambda: sink.told)

    assert [alert.id for alert in sink.told] == [BEGIN.alert.id]


def test_a_notice_that_no_sink_wants_waits_for_nobody() -> None:
    sink = Recorder()
    with outbox(sink) as box:
        deliveries = Deliveries([box], {})
        from tests.support.made_alerts import at_default  # noqa: PLC0415  # only here

        deliveries.add([Notice(at_default("qwen3:8b"), "begin")])

        assert not deliveries.changed
