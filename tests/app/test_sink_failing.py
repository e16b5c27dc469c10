"""The alert that a sink takes nothing any more, and who is told of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.book import Book
from ollama_watch.alerts.notice import Notice
from ollama_watch.app.deliveries import Deliveries
from ollama_watch.app.sandboxed import Kept
from ollama_watch.app.sinkfailing import SinkFailing
from ollama_watch.sinks.outbox import Outbox
from ollama_watch.sinks.sink import Undelivered
from tests.support import made_alerts as made
from tests.support.wait import until

BEGIN = Notice(made.reverted(), "begin")


@dataclass
class Recorder:
    """A sink that takes everything, or nothing."""

    name: str
    works: bool = True
    told: list[Notice] = field(default_factory=list)

    def wants(self, alert: Alert) -> bool:
        return True

    def tell(self, notice: Notice) -> None:
        if not self.works:
            raise Undelivered("it is on fire")
        self.told.append(notice)

    def close(self) -> None:
        """Nothing is held."""


class Rig:
    """Two sinks and what the loop does with them each turn."""

    def __init__(
        self,
        *sinks: Recorder,
        book: Book | None = None,
        left: Sequence[Notice] = (),
        lacking: Sequence[Kept] = (),
    ) -> None:
        self.book = book or Book()
        self.boxes = [Outbox(sink, delays=(0.01,)) for sink in sinks]
        self.deliveries = Deliveries(self.boxes, {"webhook": left})
        self.now = made.BEGIN
        self.failing = SinkFailing(self.boxes, self.deliveries, self.book, lambda: self.now, lacking)

    def turn(self, *notices: Notice) -> bool:
        self.deliveries.collect()
        self.deliveries.add([*notices, *self.failing.turn()])
        self.deliveries.go_on()
        return True

    def firing(self) -> list[str]:
        self.turn()
        return [alert.finding.source for alert in self.book.active()]


@contextmanager
def rig(
    *sinks: Recorder, book: Book | None = None, left: Sequence[Notice] = (), lacking: Sequence[Kept] = ()
) -> Iterator[Rig]:
    """Run them; `book` and `left` are what an earlier process left."""
    made_rig = Rig(*sinks, book=book, left=left, lacking=lacking)
    try:
        yield made_rig
    finally:
        for box in made_rig.boxes:
            box.close(grace=1)


def test_a_sink_that_takes_nothing_is_told_by_the_others_and_its_end_too() -> None:
    broken, other = Recorder("webhook", works=False), Recorder("log")
    with rig(broken, other) as run:
        run.turn(BEGIN)
        until(lambda: run.firing() == ["sink webhook"])
        until(lambda: run.turn() and len(other.told) == 2)
        (alert,) = run.book.active()
        assert (alert.rule, alert.severity, alert.model) == ("sink-failing", "warning", "")
        assert alert.finding.message == "the sink webhook takes nothing: it is on fire"
        assert run.deliveries.undelivered["webhook"] == [BEGIN]

        broken.works = True
        until(lambda: run.firing() == [])
        until(lambda: run.turn() and len(other.told) == 3)
        assert [notice.what for notice in other.told] == ["begin", "begin", "end"]
        assert broken.told == [BEGIN]


def test_two_that_take_nothing_tell_each_others_alert_once_and_go_in_no_circle() -> None:
    sinks = Recorder("webhook", works=False), Recorder("command", works=False)
    with rig(*sinks) as run:
        run.turn(BEGIN)
        until(lambda: len(run.firing()) == 2)
        for _ in range(50):
            run.turn()

        assert {name: len(waiting) for name, waiting in run.deliveries.undelivered.items()} == {
            "webhook": 2,
            "command": 2,
        }


def test_each_time_it_is_another_alert() -> None:
    book = Book()
    sink = Recorder("webhook", works=False)
    ids = set()
    with rig(sink, book=book) as run:
        for number in range(2):
            run.now = made.BEGIN + 100 * number
            sink.works = False
            run.turn(BEGIN)
            until(run.firing)
            ids |= {alert.id for alert in book.active()}
            sink.works = True
            until(lambda: not run.firing())

    assert len(ids) == 2


def test_one_that_an_earlier_process_left_stays_until_its_sink_takes_something() -> None:
    book = Book()
    with rig(Recorder("webhook", works=False), book=book) as run:
        run.turn(BEGIN)
        until(run.firing)
    (left,) = book.active()

    sink = Recorder("webhook", works=False)
    with rig(sink, book=book, left=[BEGIN]) as run:
        run.now += 100
        until(lambda: run.firing() and run.boxes[0].failures > 5)
        assert book.active() == [left]
        sink.works = True
        until(lambda: not run.firing())


def test_one_that_cannot_work_from_the_start_is_told_before_it_has_anything_to_tell() -> None:
    """Until it takes something: what it lacks may come."""
    book = Book()
    lack = Kept("sink webhook", "/etc/url: no such file", "write it", seen=True, sink="webhook")
    sink, other = Recorder("webhook"), Recorder("log")
    with rig(sink, other, book=book, lacking=[lack, Kept("sink log", "by the unit", "", sink="log")]) as run:
        assert run.firing() == ["sink webhook"]
        until(lambda: run.turn() and other.told)
        (alert,) = book.active()
        assert alert.finding.message == "the sink webhook takes nothing: /etc/url: no such file"
        assert alert.finding.fixes == ("write it",)
        assert [run.firing() for _ in range(3)] == [["sink webhook"]] * 3

        run.turn(BEGIN)
        until(lambda: not run.firing())


def test_one_of_a_sink_that_is_no_more_or_has_nothing_to_do_is_over() -> None:
    for sinks in ((), (Recorder("webhook"),)):
        book = Book()
        with rig(Recorder("webhook", works=False), book=book) as run:
            run.turn(BEGIN)
            until(run.firing)

        with rig(*sinks, book=book) as run:
            assert run.firing() == []
