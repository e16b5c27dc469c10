"""Delivery: bounded, retried, counted, one at a time, and elsewhere."""

import threading
import time
from dataclasses import replace
from functools import partial

import pytest

from ollama_watch.alerts.notice import Notice
from ollama_watch.app.deliveries import Deliveries
from ollama_watch.sinks import outbox as module
from ollama_watch.sinks.outbox import Outbox
from ollama_watch.sinks.sink import Refused
from tests.support.made_alerts import at_default, reverted, small
from tests.support.recorder import BEGIN, LAST, OTHER, Recorder, collected, gone_on, outbox
from tests.support.wait import until


def test_what_fails_is_tried_again() -> None:
    sink = Recorder(failures=5)
    with outbox(sink) as box:
        box.offer(1, BEGIN)
        until(lambda: sink.told)

    assert box.outcomes == {"sent": 1, "failed": 5, "dropped": 0}


def test_what_is_refused_is_given_up_and_the_next_has_its_turn(caplog: pytest.LogCaptureFixture) -> None:
    sink = Recorder(failures=1)
    sink.error = Refused("no such room")
    with outbox(sink) as box:
        box.offer(1, BEGIN)
        until(lambda: box.outcomes["dropped"])
        box.offer(2, OTHER)
        until(lambda: sink.told)

    assert box.outcomes == {"sent": 1, "failed": 1, "dropped": 1}
    assert list(box.news()) == [(2, None)]
    assert [one.getMessage() for one in caplog.records] == [
        "recorder: refused, it is not tried again: no such room"
    ]


def test_nobody_wants_to_hear_of_it_a_day_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_STALE", 0.02)
    sink = Recorder(failures=1000)
    with outbox(sink) as box:
        box.offer(1, BEGIN)
        until(lambda: box.outcomes["dropped"])

    assert sink.told == []


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


def test_of_ten_thousand_that_wait_the_oldest_are_dropped_and_counted() -> None:
    sink = Recorder()
    sink.free.clear()
    with outbox(sink) as box:
        deliveries = Deliveries([box], {})
        deliveries.add([BEGIN] * 10_010)
        deliveries.go_on()
        until(lambda: len(collected(deliveries).undelivered["recorder"]) <= 10_001)

        assert box.outcomes["dropped"] in (9, 10)  # the first may be under way already


def test_what_cannot_be_delivered_at_the_end_is_left_for_the_next_start() -> None:
    sink = Recorder(failures=100)
    box = Outbox(sink, delays=(60.0,))
    deliveries = Deliveries([box], {})
    deliveries.add([BEGIN, OTHER])
    deliveries.go_on()
    until(lambda: sink.tries)
    box.close()
    deliveries.collect()

    assert len(deliveries.undelivered["recorder"]) == 2
    assert (box.outcomes["sent"], box.outcomes["dropped"]) == (0, 0)


def test_a_thread_that_is_stuck_at_the_end_does_nothing_after_it() -> None:
    sink = Recorder()
    sink.free.clear()
    box = Outbox(sink)
    box.offer(1, BEGIN)
    box.offer(2, BEGIN)
    box.close(grace=0.05)

    sink.free.set()
    until(lambda: box.outcomes["sent"])
    until(lambda: not any(thread.name == "sink recorder" for thread in threading.enumerate()))
    assert len(sink.told) == 1


def test_a_bug_in_a_sink_does_not_end_its_thread() -> None:
    sink = Recorder()
    sink.tell = None  # type: ignore[assignment,method-assign]  # calling it is the bug
    with outbox(sink) as box:
        box.offer(1, BEGIN)
        until(lambda: box.outcomes["dropped"])
        box.offer(2, BEGIN)
        until(lambda: box.outcomes["dropped"] == 2)


def twice(box: Outbox) -> bool:
    return box.failures == 2


def test_tries_become_rare_and_are_never_regular() -> None:
    waits = set()
    for _ in range(3):
        sink = Recorder(failures=10**9)
        with outbox(sink, delays=(0.01, 60.0)) as box:
            box.offer(1, BEGIN)
            until(partial(twice, box))
            waits.add(round(box._retry_at - time.monotonic()))  # noqa: SLF001  # nothing else tells

    assert all(59 <= wait <= 90 for wait in waits)
    assert len(waits) > 1


def test_the_next_notice_waits_until_the_last_one_is_remembered() -> None:
    """So a kill can repeat none but the one in flight, whenever the checkpoint is written."""
    story: list[str] = []

    class Teller(Recorder):
        def tell(self, notice: Notice) -> None:
            story.append(f"tell {notice.alert.id}")

    box = Outbox(Teller(), remember=lambda number, _: story.append(f"remember {number}"))
    for number in (1, 2):
        box.offer(number, Notice(replace(BEGIN.alert, id=str(number)), "begin"))
    box.close()

    assert story == ["tell 1", "remember 1", "tell 2", "remember 2"]


def test_the_gravest_are_told_first_and_of_one_alert_the_oldest() -> None:
    grave, mild = reverted(), small("llama3.1:8b")
    graver = replace(mild, finding=replace(mild.finding, severity="critical"))
    sink = Recorder()
    sink.free.clear()
    with outbox(sink) as box:
        box.offer(1, Notice(small("a:1b"), "begin"))
        until(lambda: not len(box._queue))  # noqa: SLF001  # nothing else tells that it is under way
        for number, notice in enumerate((OTHER, BEGIN, Notice(graver, "repeat"), LAST), 2):
            box.offer(number, notice)
        sink.free.set()
        until(lambda: len(sink.told) == 5)

    keys = [alert.key for alert in sink.told[1:]]
    assert keys == [grave.key, mild.key, mild.key, LAST.alert.key]
    assert sink.whats[1:] == ["begin", "begin", "repeat", "begin"]


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
        deliveries.add([Notice(at_default("qwen3:8b"), "begin")])

        assert not deliveries.changed
