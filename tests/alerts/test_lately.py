"""What comes and goes is told once within its `repeat`."""

from dataclasses import replace

import pytest

from ollama_watch.alerts.alert import End
from ollama_watch.alerts.book import Book
from ollama_watch.alerts.notice import Notice
from ollama_watch.verify.rule import Rule
from tests.alerts.made import RULE, SOURCE, finding, launch, told


def flap(book: Book, rule: Rule, *, until: float, every: float = 900.0) -> list[tuple[float, Notice]]:
    """Let two clients take turns: every second launch breaks the rule."""
    heard = []
    for index in range(int(until / every)):
        now = index * every
        if index % 2:
            heard += [(now, notice) for notice in book.kept(rule.id, launch(index), now)]
        else:
            book.broken(rule, finding(launch(index)), now)
        heard += [(now, notice) for notice in book.tick(SOURCE, now)]
    return heard


def test_what_comes_and_goes_is_told_once_within_its_repeat() -> None:
    """It fires each time all the same, and the record has it."""
    heard = flap(Book(), RULE, until=86_400 + 3600)

    loud = [(now, notice.what) for now, notice in heard if not notice.quiet]
    assert loud == [(0.0, "begin"), (900.0, "end"), (86_400.0, "begin"), (87_300.0, "end")]
    assert len(heard) > 90


def test_what_comes_back_graver_is_told_at_once_and_with_its_end() -> None:
    book = Book()
    flap(book, RULE, until=1800)

    book.broken(RULE, finding(launch(10)), now=2000)
    assert [notice.quiet for notice in book.tick(SOURCE, 2000)] == [True]
    book.broken(RULE, finding(launch(11), severity="critical"), now=2010)
    (graver,) = book.tick(SOURCE, 2010)
    (end,) = book.kept(RULE.id, launch(12), now=2020)
    assert (graver.what, graver.quiet, end.quiet) == ("repeat", False, False)


def test_what_came_back_without_a_word_and_stays_is_told_when_its_time_has_come() -> None:
    """People were told that it is mended."""
    book = Book()
    flap(book, RULE, until=1800)
    book.broken(RULE, finding(launch(10)), now=2000)
    told(book, 2000)

    assert told(book, 86_399) == []
    (notice,) = book.tick(SOURCE, 86_400)
    assert (notice.what, notice.quiet) == ("repeat", False)


def test_what_somebody_accepted_is_news_when_it_comes_back() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    told(book, 0)
    book.kept(RULE.id, launch(0), now=10, how="accepted")

    book.broken(RULE, finding(launch(1)), now=20)
    assert [notice.quiet for notice in book.tick(SOURCE, 20)] == [False]


@pytest.mark.parametrize(("how", "quiet"), [("accepted", False), ("fixed", True)])
def test_what_somebody_accepted_is_news_even_if_its_rule_tells_once(how: End, *, quiet: bool) -> None:
    book, once = Book(), replace(RULE, tell="once")
    book.broken(once, finding(launch(0)), now=0)
    told(book, 0)
    book.kept(once.id, launch(0), now=10, how=how)

    book.broken(once, finding(launch(1)), now=20)
    assert [notice.quiet for notice in book.tick(SOURCE, 20)] == [quiet]
