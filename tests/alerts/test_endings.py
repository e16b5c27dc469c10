"""What ends an alert while launches still may fail, and what does not."""

from dataclasses import replace

from ollama_watch.alerts.book import Book
from tests.alerts.made import RULE, SOURCE, ends, finding, launch, told


def test_a_launch_that_may_still_fail_mends_nothing_yet() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    told(book, 0)
    assert book.kept(RULE.id, launch(1, complete=False), now=10) == []

    book.kept(RULE.id, launch(1, failed=True), now=12, how="excused")
    assert told(book, 20) == []
    assert len(book.active()) == 1


def test_a_launch_that_goes_on_loading_mends_it_after_a_moment() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    told(book, 0)
    book.kept(RULE.id, launch(1, complete=False), now=10)

    assert told(book, 14) == []
    (notice,) = book.tick(SOURCE, 15)
    assert (notice.what, notice.alert.ended) == ("end", "fixed")


def test_a_retry_that_breaks_it_again_is_the_same_alert() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    told(book, 0)
    book.kept(RULE.id, launch(1, complete=False), now=10)
    book.broken(RULE, finding(launch(2)), now=12)

    assert told(book, 20) == []
    assert len(book.active()) == 1


def test_a_begin_whose_end_is_foreseen_is_not_told() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    book.kept(RULE.id, launch(1, complete=False), now=0)

    assert told(book, 1) == []
    assert told(book, 6) == []
    assert book.active() == []


def test_a_launch_that_was_tried_again_mends_nothing() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    told(book, 0)
    book.kept(RULE.id, launch(1, complete=False), now=10)
    book.changed(replace(launch(1, complete=False), gone=True, superseded_by=2), now=12)

    assert told(book, 20) == []
    assert len(book.active()) == 1


def test_a_begin_goes_over_to_the_retry_and_ends_with_it() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0, complete=False)), now=0)
    told(book, 6)
    book.changed(replace(launch(0, complete=False), gone=True, superseded_by=1), now=7)
    book.broken(RULE, finding(launch(1, complete=False)), now=7)

    assert ends(book.kept(RULE.id, launch(1, failed=True), now=8, how="excused")) == ["excused"]


def test_a_failed_launch_is_no_violation() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    told(book, 0)
    book.broken(RULE, finding(launch(1, complete=False)), now=10)
    book.kept(RULE.id, launch(1, failed=True), now=12, how="excused")
    told(book, 30)

    assert book.violations == {("context-small", "warning"): 1}


def test_after_a_failed_launch_the_alert_is_of_the_one_before() -> None:
    """Also after a retry; that one is gone, for the next launch took its place."""
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    told(book, 0)
    book.broken(RULE, finding(launch(1, complete=False), 1024), now=10)
    book.changed(replace(launch(1, complete=False), gone=True, superseded_by=2), now=11)
    book.broken(RULE, finding(launch(2, complete=False), 512), now=11)
    assert [alert.finding.actual for alert in book.active()] == [512]

    book.kept(RULE.id, launch(2, failed=True), now=12, how="excused")
    assert [(alert.finding.actual, alert.asleep) for alert in book.active()] == [(2048, True)]


def test_after_a_launch_that_started_the_alert_is_of_that_one() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    book.broken(RULE, finding(launch(1, complete=False), 1024), now=10)
    book.broken(RULE, finding(launch(1), 1024), now=11)
    book.broken(RULE, finding(launch(2, complete=False), 512), now=20)

    book.kept(RULE.id, launch(2, failed=True), now=21, how="excused")
    assert [alert.finding.actual for alert in book.active()] == [1024]


def test_what_does_not_run_begins_no_alert() -> None:
    """Other wishes are held against models that were unloaded long ago, too."""
    book = Book()
    book.broken(RULE, finding(replace(launch(0), gone=True)), now=0)

    assert book.active() == []


def test_a_source_that_is_not_watched_any_more_takes_its_alerts_along() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    told(book, 0)

    assert book.drop_all_but([SOURCE], now=5) == []
    assert ends(book.drop_all_but([(None, "other.log")], now=5)) == ["over"]


def test_how_it_ended_is_known_of_what_nobody_was_told() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)

    assert book.kept(RULE.id, launch(1), now=0) == []
    assert [alert.ended for alert in book.ended] == ["fixed"]


def test_what_a_rule_told_that_is_gone_was_accepted_by_nobody() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    told(book, 0)

    assert book.forget({RULE.id}, now=5) == []
    assert ends(book.forget((), now=5)) == ["replaced"]
