"""The life of an alert, with time as an argument."""

from dataclasses import replace

from ollama_watch.alerts.book import Book
from ollama_watch.model import Cause, Severity
from tests.alerts.made import RULE, SOURCE, ends, finding, launch, told


def test_a_begin_is_told_when_the_launch_is_complete() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0, complete=False)), now=0)

    assert told(book, 1) == []
    book.changed(launch(0), now=2)
    assert told(book, 2) == ["begin"]
    assert told(book, 3) == []


def test_an_alert_is_the_same_object_until_something_about_it_changes() -> None:
    """The streams send what is another object: a quiet second must send nothing."""
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    (before,) = book.active()
    assert book.active()[0] is before

    book.changed(replace(launch(0), gone=True), now=1)
    (asleep,) = book.active()
    assert (before.asleep, asleep.asleep) == (False, True)
    assert book.active()[0] is asleep


def test_a_begin_is_told_after_five_seconds_at_the_latest() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0, complete=False)), now=0)

    assert told(book, 4.9) == []
    assert told(book, 5.0) == ["begin"]


def test_a_model_without_a_name_gets_a_moment_to_be_named() -> None:
    book = Book()
    nameless = replace(launch(0), facts={**launch(0).facts, "model": ()})
    book.broken(RULE, finding(launch(0, complete=False)), now=0)
    book.changed(nameless, now=1)

    assert told(book, 1) == []
    assert told(book, 1.5) == ["begin"]


def test_an_excuse_in_time_is_never_seen() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0, complete=False)), now=0)

    assert book.kept(RULE.id, launch(0), now=1, how="excused") == []
    assert told(book, 10) == []
    assert book.active() == []


def test_an_alert_fires_in_the_api_before_people_are_told() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0, complete=False)), now=0)

    assert [alert.state for alert in book.active()] == ["firing"]


def test_a_launch_that_keeps_the_rule_ends_it() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    told(book, 0)

    assert ends(book.kept(RULE.id, launch(1), now=10)) == ["fixed"]
    assert book.active() == []


def test_another_model_ends_nothing() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)

    assert book.kept(RULE.id, launch(1, digest="ab" * 32), now=10) == []
    assert len(book.active()) == 1


def test_a_launch_that_fails_mends_nothing() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    told(book, 0)

    assert book.kept(RULE.id, launch(1, failed=True), now=10, how="excused") == []
    assert len(book.active()) == 1


def test_the_same_violation_again_is_the_same_alert_and_repeated_after_its_time() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    assert told(book, 0) == ["begin"]
    (before,) = book.active()

    book.broken(RULE, finding(launch(1)), now=600)
    assert told(book, 600) == []
    assert told(book, 90_000) == ["repeat"]
    assert [alert.id for alert in book.active()] == [before.id]


def test_without_a_new_violation_nothing_is_repeated() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    told(book, 0)

    assert told(book, 90_000) == []


def test_once_is_once_a_model_and_value() -> None:
    book, once = Book(), replace(RULE, tell="once")
    book.broken(once, finding(launch(0)), now=0)
    assert told(book, 0) == ["begin"]
    book.kept(RULE.id, launch(1), now=10)

    book.broken(once, finding(launch(2)), now=20)
    (known,) = book.tick(SOURCE, 20)
    assert (known.what, known.quiet) == ("begin", True)  # for the record
    (over,) = book.kept(RULE.id, launch(3), now=30)
    assert (over.what, over.quiet) == ("end", True)
    book.broken(once, finding(launch(4), actual=1024), now=40)
    (other,) = book.tick(SOURCE, 40)
    assert (other.what, other.quiet) == ("begin", False)


def test_what_happens_again_is_told_once_for_good_by_a_rule_that_tells_once() -> None:
    """Nothing was mended meanwhile: not even Alertmanager is to tell people anew."""
    book, once = Book(), replace(RULE, on="kv_cache_dropped", tell="once")
    book.broken(once, finding(launch(0)), now=0)
    assert told(book, 0) == ["begin"]
    assert told(book, once.hold) == ["end"]

    book.broken(once, finding(launch(1)), now=once.hold + 60)
    assert told(book, once.hold + 60) == []


def test_another_value_is_news_of_a_rule_that_tells_once_also_where_its_begin_was_none() -> None:
    book, once = Book(), replace(RULE, tell="once")
    book.broken(once, finding(launch(0)), now=0)
    told(book, 0)
    book.kept(RULE.id, launch(1), now=10)
    book.broken(once, finding(launch(2)), now=20)
    told(book, 20)

    assert told(book, 90_000) == []
    book.broken(once, finding(launch(3), actual=1024), now=90_010)
    (other,) = book.tick(SOURCE, 90_010)
    assert (other.what, other.quiet) == ("repeat", False)


def test_the_next_begin_has_another_id() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    (first,) = book.active()
    book.kept(RULE.id, launch(1), now=10)
    book.broken(RULE, finding(launch(2)), now=20)
    (second,) = book.active()

    assert first.id != second.id
    assert first.key == second.key


def test_a_state_alert_sleeps_while_its_runner_is_gone() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0, complete=False)), now=0)
    book.changed(replace(launch(0), gone=True), now=1)

    assert told(book, 10) == []
    assert [alert.asleep for alert in book.active()] == [True]


def test_an_event_does_not_sleep() -> None:
    """A prompt was cut, whatever became of the runner in the same second."""
    book, event = Book(), replace(RULE, on="prompt_truncated")
    book.broken(event, finding(launch(0)), now=0)
    book.changed(replace(launch(0), gone=True), now=0)

    assert told(book, 0) == ["begin"]


def test_seven_days_without_a_launch_end_it() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    told(book, 0)

    (notice,) = book.tick(SOURCE, 7 * 86400.0)
    assert (notice.what, notice.alert.ended) == ("end", "forgotten")


def test_what_must_last_is_pending_first() -> None:
    book, patient = Book(), replace(RULE, pending_for=60.0)
    book.broken(patient, finding(launch(0)), now=0)

    assert told(book, 59) == []
    assert [alert.state for alert in book.active()] == ["pending"]
    assert told(book, 60) == ["begin"]


def test_an_event_alert_counts_and_ends_when_its_hold_is_over() -> None:
    book, event = Book(), replace(RULE, on="prompt_truncated", hold=3600.0)
    for moment in range(3):
        book.broken(event, finding(launch(0), message=f"cut {moment}"), now=float(moment))
    assert told(book, 2) == ["begin"]
    (alert,) = book.active()

    assert alert.finding.count == 3
    assert [notice.alert.ended for notice in book.tick(SOURCE, 3602)] == ["over"]


def test_a_count_that_grows_replaces_what_is_shown_without_a_sound() -> None:
    book, event = Book(), replace(RULE, on="prompt_truncated")
    book.broken(event, finding(launch(0)), now=0)
    told(book, 0)

    book.broken(event, finding(launch(0)), now=1)
    assert told(book, 1) == []
    assert told(book, 11) == ["change"]
    assert told(book, 30) == []


def test_graver_is_news() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)
    told(book, 0)

    book.broken(RULE, finding(launch(1), severity="critical"), now=10)
    assert told(book, 10) == ["repeat"]


def test_graver_is_news_once() -> None:
    """A model that goes to and fro between two severities is no news each time."""
    book = Book()
    for index, severity in enumerate(("warning", "critical", "warning", "critical")):
        book.broken(RULE, finding(launch(index), severity=severity), now=float(index))  # type: ignore[arg-type]
        assert told(book, float(index)) == (["begin"], ["repeat"], [], [])[index]


def test_milder_is_a_change_though_the_words_are_the_same() -> None:
    """Alertmanager and webhooks know an alert by its severity, too."""
    book = Book()
    book.broken(RULE, finding(launch(0), severity="critical"), now=0)
    told(book, 0)

    book.broken(RULE, finding(launch(0), severity="warning"), now=20)
    (notice,) = book.tick(SOURCE, 20)
    assert (notice.what, notice.regraded, notice.alert.severity) == ("change", True, "warning")
    assert told(book, 40) == []


def test_another_value_of_a_rule_that_tells_once_is_told_once() -> None:
    book, once = Book(), replace(RULE, tell="once")
    for index, actual in enumerate((2048, 1024, 2048, 1024)):
        book.broken(once, finding(launch(index), actual), now=float(index))
        assert told(book, float(index)) == (["begin"], ["repeat"], [], [])[index]


def test_the_same_cause_in_another_line_changes_nothing() -> None:
    book = Book()
    for index in range(3):
        why = (Cause("OLLAMA_CONTEXT_LENGTH is gone", "certain", (index,)),)
        book.broken(RULE, finding(launch(index), causes=why), now=100.0 * index)
        assert told(book, 100.0 * index) == (["begin"] if index == 0 else [])

    book.broken(RULE, finding(launch(3), causes=(Cause("somebody asked for it", "likely"),)), now=300)
    assert told(book, 300) == ["change"]


def test_history_is_not_told() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0)), now=0)

    assert list(book.tick(SOURCE, 1, telling=False)) == []
    assert told(book, 2) == ["begin"]


def test_violations_are_counted_a_launch() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0, complete=False)), now=0)
    book.broken(RULE, finding(launch(0)), now=1)
    assert book.violations == {}
    book.changed(launch(0), now=1)
    told(book, 1)
    book.broken(RULE, finding(launch(1)), now=2)
    told(book, 2)

    assert book.violations == {("context-small", "warning"): 2}


def test_an_excused_launch_is_no_violation() -> None:
    book = Book()
    book.broken(RULE, finding(launch(0, complete=False)), now=0)
    book.kept(RULE.id, launch(0), now=1, how="excused")
    told(book, 10)

    assert book.violations == {}


def test_of_too_many_the_mildest_that_sleeps_goes_first_and_its_end_is_told() -> None:
    book = Book()

    def small(number: int, *, severity: Severity = "warning", gone: bool = False) -> None:
        made = launch(number, digest=f"{number:064x}")
        book.broken(RULE, finding(made, severity=severity), now=float(number))
        if gone:
            told(book, float(number))
            book.changed(replace(made, gone=True), now=float(number))

    small(0, severity="critical")
    small(1)
    small(2, gone=True)
    for number in range(3, 1000):
        small(number)
    full = launch(1000, digest=f"{1000:064x}")

    (end,) = book.broken(RULE, finding(full), now=1000)
    assert (end.alert.finding.subject, end.alert.ended) == (f"{2:064x}", "over")
    assert ends(book.broken(RULE, finding(launch(1001, digest="ab" * 32)), now=1001)) == ["over"]
    left = {entry.alert.finding.subject for entry in book.entries.values()}
    assert f"{0:064x}" in left
    assert f"{1:064x}" not in left
