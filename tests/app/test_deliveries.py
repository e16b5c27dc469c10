"""Which sink hears of what: all of an alert or nothing of it, whatever becomes of its severity."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.book import Book
from ollama_watch.alerts.entry import Entry
from ollama_watch.alerts.notice import Notice, What
from ollama_watch.app.deliveries import Deliveries, standing
from ollama_watch.model import Severity
from ollama_watch.sinks.alertmanager import Alertmanager
from ollama_watch.sinks.log import Log
from ollama_watch.sinks.outbox import Outbox
from ollama_watch.sinks.post import Receiver
from ollama_watch.sinks.webhook import Webhook
from ollama_watch.verify.rule import Rule
from tests.support import made_alerts as made


@pytest.fixture(name="box")
def _box() -> Iterator[Outbox]:
    """Of a sink that takes only the gravest."""
    box = Outbox(Log("critical"))
    yield box
    box.close()


def small(severity: Severity) -> Alert:
    alert = made.small()
    return replace(alert, finding=replace(alert.finding, severity=severity))


def heard(deliveries: Deliveries, *notices: tuple[What, Severity]) -> list[tuple[str, str]]:
    """Return what waits for the sink once all that is told."""
    for what, severity in notices:
        alert = small(severity)
        deliveries.add([Notice(made.over(alert) if what == "end" else alert, what)])
    return [(one.what, one.alert.severity) for one in deliveries.undelivered.get("log", ())]


def test_what_becomes_grave_enough_begins_there(box: Outbox) -> None:
    told = heard(
        Deliveries([box], {}),
        ("begin", "warning"),
        ("change", "critical"),  # a repetition follows, as soon as people are to be told
        ("repeat", "critical"),
        ("repeat", "critical"),
        ("end", "critical"),
    )

    assert told == [("begin", "critical"), ("repeat", "critical"), ("end", "critical")]


def test_what_it_was_told_it_hears_to_the_end_though_it_is_mild_by_then(box: Outbox) -> None:
    notices: tuple[tuple[What, Severity], ...] = (("begin", "critical"), ("change", "info"), ("end", "info"))

    assert heard(Deliveries([box], {}), *notices) == list(notices)
    assert heard(Deliveries([box], {}, {"log": [made.small().key]}), ("end", "info")) == [("end", "info")]


def test_what_people_heard_of_lately_is_for_the_record_alone(box: Outbox) -> None:
    """Until it is graver, or its time has come: then it begins for the others."""
    hook = Outbox(Webhook("webhook", Receiver(), page=str, instance=""))
    deliveries = Deliveries([box, hook], {})
    alert = small("critical")
    over = Notice(made.over(alert), "end", quiet=True)
    deliveries.add([Notice(alert, "begin", quiet=True), Notice(alert, "change", quiet=True), over])

    assert {name: [one.what for one in told] for name, told in deliveries.undelivered.items()} == {
        "log": ["begin", "change", "end"]
    }
    deliveries.add([Notice(alert, "begin", quiet=True), Notice(alert, "repeat"), Notice(over.alert, "end")])
    assert [one.what for one in deliveries.undelivered["webhook"]] == ["begin", "end"]
    hook.close()


def test_no_end_without_a_begin(box: Outbox) -> None:
    assert heard(Deliveries([box], {}), ("begin", "warning"), ("end", "critical")) == []
    assert heard(Deliveries([box], {}, {"log": ["another"]}), ("end", "critical")) == []


def test_a_sink_that_is_new_hears_of_what_holds_once(box: Outbox) -> None:
    deliveries = Deliveries([box], {}, {}, {"log"})
    alert = small("critical")
    for _ in range(2):
        deliveries.catch_up(lambda: [alert, small("warning")])
    deliveries.add([Notice(made.over(alert), "end")])

    assert [one.what for one in deliveries.undelivered["log"]] == ["begin", "end"]
    known = Deliveries([box], {}, {"log": []})
    known.catch_up(lambda: [alert])
    assert known.undelivered == {}


def test_a_restart_knows_what_each_sink_was_told(box: Outbox) -> None:
    """But what says all of it again and again, and is new, says all of it from the start."""
    book = Book()
    alert = small("warning")
    rule = Rule(id=alert.rule, severity="warning", summary="")
    entry = Entry(alert=alert, rule=rule, since_launch=0, launch=None, ready_at=0.0, told=alert)
    book.entries[alert.key] = entry
    new = Alertmanager("alertmanager", Receiver(), page=str, instance="")

    assert standing(book, {"log": [alert.key]}, box.sink) == [alert]
    assert standing(book, {"log": []}, box.sink) == standing(book, {}, box.sink) == []
    assert standing(book, None, Log()) == [alert], "an older release: who was there knows all"
    assert standing(book, {"log": [alert.key]}, new) == [alert]
    assert standing(book, {"alertmanager": []}, new) == []
