"""A book that looks at its alerts when that is due tells what one tells that looks at them always."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from ollama_watch.alerts.book import Book
from ollama_watch.alerts.entry import Entry
from ollama_watch.alerts.moments import Looks, Named, Source
from ollama_watch.alerts.notice import Notice
from ollama_watch.model import Severity
from ollama_watch.verify.rule import Rule
from tests.alerts.made import DIGEST, RULE, SOURCE, finding, inhibited, launch, told

RULES = (
    RULE,
    replace(RULE, id="context-pending", pending_for=30.0, repeat=100.0),
    replace(RULE, id="context-once", tell="once"),
    Rule(id="thrashing", severity="warning", summary="", on="thrashing", hold=40.0, repeat=60.0),
    Rule(id="prompt-cut", severity="info", summary="", on="prompt_truncated", hold=25.0, pending_for=10.0),
)
WAITS = (0.0, 0.3, 1.0, 5.0, 9.9, 10.0, 30.0, 60.0, 100.0, 7 * 86400.0)
severities: st.SearchStrategy[Severity] = st.sampled_from(["info", "warning", "critical"])
models, rules = st.sampled_from([DIGEST, "cd" * 32]), st.sampled_from(RULES)

Step = Callable[
    [Book, float, int], list[Notice]
]  # what happens to a book at a moment; index of the last launch


def broken(rule: Rule, model: str, severity: Severity, *, complete: bool) -> Step:
    def step(book: Book, now: float, index: int) -> list[Notice]:
        about = launch(index, complete=complete, digest=model)
        return book.broken(rule, finding(about, severity=severity, rule=rule.id), now)

    return step


def kept(rule: Rule, model: str, *, complete: bool, failed: bool) -> Step:
    return lambda book, now, index: book.kept(
        rule.id, launch(index, complete=complete, failed=failed, digest=model), now
    )


def changed(model: str, *, gone: bool, back: int) -> Step:
    def step(book: Book, now: float, index: int) -> list[Notice]:
        book.changed(replace(launch(index - back, digest=model), gone=gone), now)
        return []

    return step


def passes(*, telling: bool) -> Step:
    return lambda book, now, _: list(book.tick(SOURCE, now, telling=telling))


steps = st.one_of(
    st.builds(broken, rules, models, severities, complete=st.booleans()),
    st.builds(kept, rules, models, complete=st.booleans(), failed=st.booleans()),
    st.builds(changed, models, gone=st.booleans(), back=st.sampled_from([0, 1, 2])),
    st.builds(passes, telling=st.sampled_from([True, True, True, False])),
)


class Always(Looks):
    def due(self, source: Source, alerts: Mapping[str, Entry], now: float, *, telling: bool) -> list[Named]:
        return list(alerts.items())


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.tuples(steps, st.sampled_from(WAITS), st.sampled_from([0, 1])), max_size=40))
def test_the_same_life_is_told_the_same(life: list[tuple[Step, float, int]]) -> None:
    book, other = Book(), Book(looks=Always())
    now, index = 1_700_000_000.1, 0
    for step, wait, launches in life:
        now, index = now + wait, index + launches
        for one in (step, passes(telling=True)):
            assert one(book, now, index) == one(other, now, index)
        assert (book.active(), inhibited(book)) == (other.active(), inhibited(other))
        assert book.violations == other.violations


def seen(book: Book, keys: set[str] | None = None) -> dict[str, tuple[object, ...]]:
    """Return what others see of alerts, by key."""
    return {
        entry.alert.key: (entry.current(), entry.told and entry.told_at, entry.quiet, entry.rule.repeat, by)
        for entry, by in book.seen(keys)
    }


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.tuples(steps, st.sampled_from(WAITS), st.sampled_from([0, 1])), max_size=40))
def test_who_asks_for_news_misses_nothing(life: list[tuple[Step, float, int]]) -> None:
    book, known = Book(), dict[str, tuple[object, ...]]()
    now, index = 1_700_000_000.1, 0
    for step, wait, launches in life:
        now, index = now + wait, index + launches
        for one in (step, passes(telling=True)):
            one(book, now, index)
        news = book.looks.news()
        ended = {alert.key for alert in book.ended} if news is not None else known.keys()
        known = {key: one for key, one in known.items() if key not in ended} | seen(book, news)
        book.ended.clear()
        assert known == seen(book)


def test_news_are_of_few_alerts_as_long_as_few_have_changed() -> None:
    book = Book()
    for number in range(3):
        book.broken(RULE, finding(launch(number, digest=f"{number:064x}")), 0.0)
    assert book.looks.news() is None  # nobody has asked before
    book.broken(RULE, finding(launch(7, digest=f"{1:064x}")), 4.0)

    assert [entry.launch for entry, _ in book.seen(book.looks.news())] == [launch(7, digest=f"{1:064x}")]
    assert book.looks.news() == set()


def test_where_nothing_is_due_nobody_looks() -> None:
    book = Book()
    for number in range(3):
        book.broken(RULE, finding(launch(number, digest=f"{number:064x}")), 0.0)
    assert len(list(book.tick(SOURCE, 1.0))) == 3
    list(book.tick(SOURCE, 2.0))

    assert book.looks.due(SOURCE, book.entries, 3.0, telling=True) == []
    book.broken(RULE, finding(launch(7, digest=f"{1:064x}")), 4.0)
    assert [entry.launch for _, entry in book.looks.due(SOURCE, book.entries, 4.0, telling=True)] == [
        launch(7, digest=f"{1:064x}")
    ]


def test_a_change_is_looked_at_and_seen() -> None:
    book = Book()
    book.broken(RULE, finding(launch(1)), 0.0)
    list(book.tick(SOURCE, 1.0))
    list(book.tick(SOURCE, 2.0))
    before = book.looks.changes

    book.changed(replace(launch(1), gone=True), 3.0)

    assert book.looks.changes > before
    assert [alert.asleep for alert in book.active()] == [True]


def test_time_alone_brings_a_repetition_and_a_change() -> None:
    book, rule = Book(), replace(RULE, repeat=100.0)
    book.broken(rule, finding(launch(1)), 0.0)
    assert [told(book, at) for at in (1.0, 2.0)] == [["begin"], []]

    book.broken(rule, finding(launch(2), message="runs with less"), 3.0)
    assert [told(book, at) for at in (4.0, 5.0, 11.0, 12.0)] == [[], [], ["change"], []]
    assert [told(book, at) for at in (50.0, 100.9, 101.0, 102.0)] == [[], [], ["repeat"], []]
