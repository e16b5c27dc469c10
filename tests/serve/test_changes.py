"""What streams are made of: changes that are numbered and kept, and places that are few."""

import threading
from dataclasses import replace

import pytest

from ollama_watch.alerts.alert import Alert
from ollama_watch.serve import stream as module
from ollama_watch.serve.changes import Changes
from ollama_watch.serve.view import AlertView
from tests.support import made_alerts as made

DAY = 86400.0


def view(alert: Alert, told: float | None = 1.0) -> AlertView:
    return AlertView(alert, told, DAY)


def test_what_is_kept_for_readers_is_bounded_and_who_fell_behind_gets_everything() -> None:
    changes = Changes()
    changes.publish([], {}, ready=True)
    known = changes.snapshot().number
    for count in range(1000):
        changes.publish([view(made.truncated(count=count))], {}, ready=True)

    assert changes.since(known) is None
    newest = changes.snapshot()
    assert [one.alert.finding.count for one in newest.alerts] == [999]
    behind = changes.since(newest.number - 64)
    assert behind is not None
    assert len(behind) == 64
    assert changes.since(newest.number - 65) is None


def test_nothing_new_is_no_event() -> None:
    changes = Changes()
    one = view(made.small())
    changes.publish([one], {}, ready=True)
    number = changes.snapshot().number

    changes.publish([one], {}, ready=True)

    assert changes.since(number) == []


def test_what_nobody_speaks_of_is_as_it_was() -> None:
    changes = Changes()
    one, other = view(replace(made.small(), id="of small")), view(made.truncated())
    changes.publish([one, other], {}, ready=True)
    number = changes.snapshot().number
    more = view(made.truncated(count=7))

    changes.publish([more], {}, ready=True, every=False)
    assert {seen.alert.id: seen for seen in changes.snapshot().alerts} == {
        one.alert.id: one,
        more.alert.id: more,
    }
    changes.publish(
        [], {one.alert.id: replace(one.alert, state="resolved", ended="fixed")}, ready=True, every=False
    )
    assert changes.snapshot().alerts == (more,)

    found = [(change.alert.alert.rule, change.alert.alert.state) for change in changes.since(number) or ()]
    assert found == [("prompt-truncated", "firing"), ("context-small", "resolved")]


@pytest.mark.parametrize("how", ["fixed", "accepted", "excused", "replaced", "over", "forgotten"])
def test_an_end_says_how(how: str) -> None:
    changes = Changes()
    alert = made.small()
    changes.publish([view(alert)], {}, ready=True)
    number = changes.snapshot().number

    changes.publish([], {alert.id: replace(alert, state="resolved", ended=how)}, ready=True)  # type: ignore[arg-type]  # a parameter

    found = changes.since(number)
    assert found
    (change,) = found
    assert (change.alert.alert.state, change.alert.alert.ended) == ("resolved", how)


def test_when_the_history_is_read_everybody_gets_everything() -> None:
    changes = Changes()
    changes.publish([view(made.small())], {}, ready=False)
    before = changes.snapshot()

    changes.publish([view(made.small())], {}, ready=True)

    assert not before.ready
    assert changes.since(before.number) is None
    assert changes.snapshot().ready


def test_a_silent_stream_says_that_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    assert module.KEEP_ALIVE == 15.0
    monkeypatch.setattr(module, "KEEP_ALIVE", 0.05)
    opened = module.Streams(Changes()).open("", None, lambda: None)
    assert opened

    pieces = [next(opened), next(opened)]
    opened.close()

    assert b"event: snapshot" in pieces[0]
    assert pieces[1].startswith(b": ")


def test_a_stream_that_is_closed_gives_its_place_back_once() -> None:
    streams = module.Streams(Changes())
    held = [streams.open("", None, lambda: None, "1000") for _ in range(module.PLACES)]
    assert streams.open("", None, lambda: None, "1000") is None
    for stream in held:
        assert stream
        stream.close()
        stream.close()

    again = [streams.open("", None, lambda: None, "1000") for _ in range(module.PLACES + 1)]

    assert [stream is not None for stream in again] == [True] * module.PLACES + [False]
    for stream in again[:-1]:
        assert stream
        stream.close()


def test_publishing_waits_for_no_reader() -> None:
    """A reader that never looks again: its bell has rung, and rings as often as one likes."""
    changes = Changes()
    bell = changes.listen()
    done = threading.Event()

    def publish() -> None:
        for count in range(2000):
            changes.publish([view(made.truncated(count=count))], {}, ready=True)
        done.set()

    thread = threading.Thread(target=publish)
    thread.start()
    thread.join(60)

    assert done.is_set()
    changes.leave(bell)
