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


def gone_on(deliveries: Deliveries) -> bool:
    """Do what the loop does at each turn; tell whether nothing waits any more."""
    deliveries.collect()
    deliveries.go_on()
    return not deliveries.undelivered


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


def test_a_stuck_sink_costs_the_loop_no_time_and_nobody_a_notice() -> None:
    sink = Recorder()
    sink.free.clear()
    with outbox(sink) as box:
        deliveries = Deliveries([box], {})
        deliveries.add([BEGIN] * 250)
        deliveries.go_on()  # returns, though the sink takes none
        assert len(deliveries.undelivered["recorder"]) == 250

        sink.free.set()
        until(lambda: gone_on(deliveries))
    assert len(sink.told) == 250


def test_of_a_thousand_that_wait_the_oldest_are_dropped_and_counted() -> None:
    sink = Recorder()
    sink.free.clear()
    with outbox(sink) as box:
        deliveries = Deliveries([box], {})
        deliveries.add([BEGIN] * 1010)

        assert (len(deliveries.undelivered["recorder"]), box.outcomes["dropped"]) == (1000, 10)


def test_what_cannot_be_delivered_at_the_end_is_left_for_the_next_start() -> None:
    sink = Recorder(failures=100)
    box = Outbox(sink, delays=(60.0,))
    deliveries = Deliveries([box], {})
    deliveries.add([BEGIN, BEGIN])
    deliveries.go_on()
    until(lambda: sink.tries)
    box.close()
    deliveries.collect()

    assert len(deliveries.undelivered["recorder"]) == 2
    assert box.outcomes == {"sent": 0, "failed": 0, "dropped": 0}


def test_a_bug_in_a_sink_does_not_end_its_thread() -> None:
    sink = Recorder()
    sink.deliver = None  # type: ignore[assignment]  # calling it is the bug
    with outbox(sink) as box:
        box.offer(1, BEGIN)
        until(lambda: box.outcomes["failed"])
        box.go_on(1)
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
