"""A far side that takes nothing: what is kept for it, and what it is told when it is back."""

import pytest

from ollama_watch.alerts.notice import Notice, What
from ollama_watch.app.deliveries import Deliveries
from ollama_watch.sinks.sink import Refused, Undelivered
from tests.support.made_alerts import over, reverted, small
from tests.support.recorder import BEGIN, LAST, OTHER, Recorder, collected, gone_on, outbox
from tests.support.wait import until


def down(sink: Recorder, *notices: Notice, perhaps: bool = False) -> list[tuple[str, str]]:
    """Offer them while the sink takes nothing; return what it is told once it does."""
    sink.failures = 10**9
    with outbox(sink, delays=(0.05,)) as box:
        for number, notice in enumerate(notices, 1):
            box.offer(number, notice, perhaps=perhaps)
            until(lambda: sink.tries)
        sink.failures = 0
        box.offer(100, LAST)
        until(lambda: "last" in [alert.id for alert in sink.told])
        until(lambda: not len(box._queue))  # noqa: SLF001  # nothing else tells
    return [(alert.id, what) for alert, what in zip(sink.told, sink.whats, strict=True) if alert.id != "last"]


@pytest.mark.parametrize(
    ("notices", "told"),
    [
        (("begin", "end"), []),  # nobody ever heard of it
        (("begin", "change", "end"), []),
        (("begin", "change"), ["begin"]),
        (("change", "change"), ["change"]),
        (("repeat", "change"), ["repeat"]),
        (("repeat", "end"), ["end"]),
        (("change", "end"), ["end"]),
        (("end", "begin"), ["begin"]),
        (("end", "begin", "end"), ["end"]),  # of the first one they did
    ],
)
def test_only_the_newest_state_of_an_alert_is_kept(notices: tuple[What, ...], told: list[str]) -> None:
    given = [Notice(over(reverted()) if what == "end" else reverted(), what) for what in notices]

    assert [what for _, what in down(Recorder(), *given)] == told


def test_another_severity_is_not_lost_in_a_change_of_words() -> None:
    sink = Recorder()
    down(sink, Notice(reverted(), "change", regraded=True), Notice(reverted(), "change"))

    assert [notice.regraded for notice in sink.notices if notice.alert.id != "last"] == [True]


def test_the_end_of_what_may_have_been_told_is_told() -> None:
    ended = Notice(over(reverted()), "end")
    sink = Recorder()
    sink.error = Undelivered("no answer", perhaps=True)

    assert [what for _, what in down(sink, BEGIN, ended)] == ["end"]
    assert [what for _, what in down(Recorder(), BEGIN, ended, perhaps=True)] == ["end"]


def test_of_a_begin_that_was_refused_no_end_is_told() -> None:
    sink = Recorder(failures=1)
    sink.error = Refused("no such room")
    with outbox(sink) as box:
        deliveries = Deliveries([box], {})
        deliveries.add([BEGIN])
        deliveries.go_on()
        until(lambda: box.failures)
        assert collected(deliveries).undelivered == {"recorder": [BEGIN]}  # of which a restart knows

        deliveries.add([Notice(over(BEGIN.alert), "end"), OTHER])
        deliveries.go_on()
        until(lambda: gone_on(deliveries))

    assert [alert.id for alert in sink.told] == [OTHER.alert.id]
    assert box.outcomes == {"sent": 1, "failed": 1, "dropped": 2}


def test_a_begin_that_was_refused_is_told_with_what_becomes_of_the_alert() -> None:
    sink = Recorder(failures=1)
    sink.error = Refused("no such room")
    with outbox(sink) as box:
        box.offer(1, BEGIN)
        until(lambda: box.failures)
        box.offer(2, Notice(BEGIN.alert, "repeat"))
        until(lambda: sink.told)
        box.offer(3, Notice(over(BEGIN.alert), "end"))
        until(lambda: len(sink.told) == 2)

    assert sink.whats == ["begin", "end"]


def test_a_begin_that_became_part_of_a_change_is_a_begin_after_a_restart() -> None:
    sink = Recorder(failures=10**9)
    with outbox(sink, delays=(60.0,)) as box:
        deliveries = Deliveries([box], {})
        for notice in (BEGIN, Notice(BEGIN.alert, "change")):
            deliveries.add([notice])
            deliveries.go_on()
            until(lambda: box.failures)
        until(lambda: len(collected(deliveries).undelivered["recorder"]) == 1)

        assert deliveries.undelivered == {"recorder": [BEGIN]}


def test_one_that_ends_while_its_begin_fails_is_no_news() -> None:
    sink = Recorder(failures=1)
    sink.free.clear()
    with outbox(sink) as box:
        box.offer(1, BEGIN)
        until(lambda: not len(box._queue))  # noqa: SLF001  # nothing else tells that it is under way
        box.offer(2, Notice(over(reverted()), "end"))
        sink.free.set()
        until(lambda: box.outcomes["dropped"] == 2)

    assert sink.told == []


def test_the_end_of_what_an_earlier_process_may_have_told_is_told() -> None:
    sink = Recorder(failures=2)
    with outbox(sink, delays=(60.0,)) as box:
        deliveries = Deliveries([box], {"recorder": [BEGIN]})
        deliveries.go_on()
        until(lambda: box.failures)
        deliveries.add([Notice(over(reverted()), "end")])
        deliveries.go_on()
        until(lambda: box.failures == 2)
        deliveries.add([OTHER])
        deliveries.go_on()
        until(lambda: gone_on(deliveries))

    assert sorted(sink.whats) == ["begin", "end"]


def test_alerts_are_kept_apart() -> None:
    told = down(Recorder(), BEGIN, OTHER, Notice(over(OTHER.alert), "end"))

    assert told == [(BEGIN.alert.id, "begin")]


def test_one_that_always_fails_holds_up_no_other() -> None:
    class Picky(Recorder):
        def tell(self, notice: Notice) -> None:
            if notice.alert.key == BEGIN.alert.key:
                raise Undelivered("not this one")
            super().tell(notice)

    sink = Picky()
    with outbox(sink, delays=(60.0,)) as box:
        box.offer(1, BEGIN)
        until(lambda: box.failures)
        for number in range(2, 12):
            box.offer(number, Notice(small(f"{number}b"), "begin"))
        until(lambda: len(sink.told) == 10)


def test_a_sink_that_had_nothing_to_say_is_not_thought_to_work() -> None:
    class Mute(Recorder):
        def tell(self, notice: Notice) -> bool:
            super().tell(notice)
            return False

    sink = Mute(failures=1)
    with outbox(sink, delays=(60.0,)) as box:
        box.offer(1, BEGIN)
        until(lambda: box.failures)
        box.offer(2, OTHER)
        until(lambda: (2, None) in list(box.news()))

    assert box.failures == 1
    assert box.outcomes["sent"] == 0
