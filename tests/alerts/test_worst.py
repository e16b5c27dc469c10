"""An event alert remembers the worst of its life beside the newest."""

from dataclasses import replace

import pytest

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.book import Book
from ollama_watch.model import Cause, Finding, Launch
from ollama_watch.verify.events import EVENTS
from tests.alerts.made import RULE, SOURCE, finding, launch, told

CUT = replace(RULE, on="prompt_truncated", hold=3600.0)


def cut(dropped: int | None, about: Launch, line: int = 0, causes: tuple[Cause, ...] = ()) -> Finding:
    return finding(about, fields={"dropped": dropped}, message=f"lost {dropped}", line=line, causes=causes)


def after(*dropped: int | None) -> Alert:
    book = Book()
    for moment, one in enumerate(dropped):
        book.broken(CUT, cut(one, launch(0), line=moment), now=float(moment))
    return book.active()[0]


@pytest.mark.parametrize(
    ("dropped", "line"), [((5,), 0), ((5, 9, 7), 1), ((5, 9, 9), 1), ((None, 3, None), 1)]
)
def test_the_worst_is_kept_beside_the_newest(dropped: tuple[int | None, ...], line: int) -> None:
    alert = after(*dropped)

    assert alert.finding.line == len(dropped) - 1
    assert alert.worst
    assert alert.worst.line == line


def test_what_no_log_tells_has_no_worst() -> None:
    book = Book()
    book.broken(replace(RULE, on="load_failed"), finding(launch(0), fields={"error": "x"}), now=0)
    book.broken(replace(RULE, on="load_failed"), finding(launch(0), fields={"error": "y"}), now=1)

    assert [alert.worst for alert in book.active()] == [None]
    assert after(None, None).worst is None
    assert after(None, None).worst_said == ""


def test_it_is_told_of_several_alone() -> None:
    assert after(5).worst_said == ""
    assert after(5, 2).worst_said == "lost 5"


def test_the_next_alert_has_a_worst_of_its_own() -> None:
    book = Book()
    book.broken(CUT, cut(9, launch(0)), now=0)
    told(book, 0)
    (end,) = book.tick(SOURCE, 3600)
    book.broken(CUT, cut(1, launch(0)), now=4000)

    assert end.alert.worst
    assert [end.alert.worst.message, *(one.worst.message for one in book.active() if one.worst)] == [
        "lost 9",
        "lost 1",
    ]


def test_a_cause_that_is_learnt_later_is_the_worst_ones_too_if_it_hit_the_same_launch() -> None:
    book, why = Book(), (Cause("came through /v1", "certain"),)
    book.broken(CUT, cut(9, launch(0)), now=0)
    book.broken(CUT, cut(5, launch(0), causes=why), now=1)
    book.broken(CUT, cut(5, launch(1), causes=()), now=2)

    (alert,) = book.active()
    assert alert.worst
    assert (alert.worst.message, alert.worst.causes) == ("lost 9", why)


def test_every_measure_is_a_number_that_its_event_has() -> None:
    """A kind whose measure is misspelt would have no worst, without a word."""
    measured = {kind: event.fields[event.measure] for kind, event in EVENTS.items() if event.measure}

    assert measured == {"prompt_truncated": "tokens", "thrashing": "count", "input_refused": "tokens"}
