"""An alert that says more speaks for others: these are neither begun nor ended for people meanwhile."""

from dataclasses import replace

from ollama_watch.alerts.book import Book
from ollama_watch.verify.rule import Rule
from tests.alerts.made import RULE, SOURCE, ends, finding, inhibited, launch, told

THRASHING = Rule(id="thrashing", severity="warning", summary="", on="thrashing", hold=600.0)
DOWN = Rule(id="server-down", severity="warning", summary="", on="server_failed", pending_for=10.0, hold=1e6)


def thrash(book: Book, now: float) -> None:
    book.broken(THRASHING, finding(launch(0), rule="thrashing"), now)


def fail(book: Book, now: float) -> None:
    book.broken(DOWN, finding(None, rule="server-down"), now)


def test_thrashing_speaks_for_the_context_rules() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0, complete=False)), now=0)
    thrash(book, 0)

    assert [notice.alert.rule for notice in book.tick(SOURCE, 10)] == ["thrashing"]
    assert [alert.rule for alert in book.active()] == ["thrashing"]
    list(book.tick(SOURCE, 700))
    assert [alert.rule for alert in book.active()] == ["context-small"]


def test_what_was_told_before_is_not_told_again_after() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    assert told(book, 0) == ["begin"]
    thrash(book, 10)
    book.broken(RULE, finding(launch(1)), now=20)
    assert told(book, 20) == ["begin"]  # of the thrashing

    assert told(book, 700) == ["end"]
    assert [alert.rule for alert in book.active()] == ["context-small"]


def test_an_end_waits_until_nobody_speaks_for_it() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    told(book, 0)
    thrash(book, 10)
    told(book, 10)

    assert book.kept(RULE.id, launch(1), now=20) == []
    assert told(book, 300) == []
    over = list(book.tick(SOURCE, 700))
    assert [(one.alert.rule, one.alert.ended) for one in over] == [
        ("thrashing", "over"),
        ("context-small", "fixed"),
    ]


def test_what_is_broken_again_meanwhile_goes_on_as_the_same_alert() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    told(book, 0)
    (before,) = book.active()
    thrash(book, 10)
    for index in range(1, 5):
        assert book.kept(RULE.id, launch(2 * index), now=10.0 * index) == []
        book.broken(RULE, finding(launch(2 * index + 1)), now=10.0 * index + 5)

    list(book.tick(SOURCE, 700))
    assert [alert.id for alert in book.active()] == [before.id]


def test_what_somebody_accepts_ends_at_once() -> None:
    """It is an answer, no alarm."""
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    told(book, 0)
    thrash(book, 10)

    assert ends(book.kept(RULE.id, launch(0), now=20, how="accepted")) == ["accepted"]


def test_another_model_is_told() -> None:
    book = Book()
    thrash(book, 0)
    book.broken(RULE, finding(launch(1, digest="ab" * 32)), now=0)

    assert told(book, 0) == ["begin", "begin"]


def test_a_server_that_is_down_speaks_for_everything_of_its_source() -> None:
    book, slots = Book(), replace(RULE, id="slots")
    book.broken(slots, finding(launch(0), rule="slots"), now=0)
    told(book, 0)
    fail(book, 10)
    assert [alert.rule for alert in book.active()] == ["slots", "server-down"]  # it may be back in a moment

    assert told(book, 20) == ["begin"]
    assert [alert.rule for alert in book.active()] == ["server-down"]
    assert ends(book.up(SOURCE, 30)) == ["fixed"]
    assert [alert.rule for alert in book.active()] == ["slots"]


def test_a_server_that_is_back_in_time_was_never_down() -> None:
    book = Book()
    fail(book, 0)

    assert told(book, 9) == []
    assert book.up(SOURCE, 9.5) == []
    assert book.active() == []


def test_it_is_known_who_speaks_for_whom() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    assert inhibited(book) == []
    thrash(book, 0)

    assert [(one.rule, by.rule) for one, by in inhibited(book)] == [("context-small", "thrashing")]
