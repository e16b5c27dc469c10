"""What happens on one of many hosts costs nothing for the others', and takes nothing from them."""

from dataclasses import replace

from ollama_watch.alerts.book import Book
from ollama_watch.model import Launch
from ollama_watch.verify.rule import Rule
from tests.alerts.made import RULE, finding, launch
from tests.support.work import work

ONCE = replace(RULE, tell="once")
QUIET, NOISY = "quiet", "noisy"


def of(host: str, one: Launch) -> Launch:
    return replace(one, host=host)


def broken(book: Book, host: str, rule: Rule = RULE, actual: int = 2048, now: float = 0.0) -> None:
    one = of(host, launch(0))
    book.broken(rule, replace(finding(one, actual), host=host), now)


def whats(book: Book, host: str, now: float) -> list[str]:
    return [notice.what for notice in book.tick((host, launch(0).source), now)]


def test_a_launch_and_a_turn_of_one_host_cost_the_same_beside_many() -> None:
    def cost(hosts: int) -> int:
        book = Book()
        for number in range(hosts):
            broken(book, str(number))
        return work(lambda: _happens(book))

    assert cost(400) < 1.1 * cost(10)


def _happens(book: Book) -> None:
    broken(book, "1")
    book.changed(replace(of("1", launch(0)), gone=True), now=1.0)
    assert whats(book, "1", 2.0) == []
    assert book.known(("1", launch(0).source)) == []


def test_two_hosts_of_a_book_that_was_read_again_are_told_apart() -> None:
    before = Book()
    for host in (QUIET, NOISY):
        broken(before, host)
    book = Book(entries=before.entries)

    assert whats(book, QUIET, 1.0) == ["begin"]
    assert [one.what for one in book.drop((QUIET, launch(0).source), 2.0)] == ["end"]
    assert [alert.finding.host for alert in book.active()] == [NOISY]


def test_what_a_noisy_host_tells_makes_nothing_of_a_quiet_one_news_again() -> None:
    book = Book()
    broken(book, QUIET, ONCE)
    assert whats(book, QUIET, 0.0) == ["begin"]
    for actual in range(1001):
        broken(book, NOISY, ONCE, actual, float(actual))
        assert "end" not in whats(book, NOISY, float(actual))

    broken(book, QUIET, ONCE, now=2000.0)
    assert whats(book, QUIET, 2000.0) == []


def test_a_fleet_with_more_than_a_thousand_alerts_is_told_each_once() -> None:
    book = Book()
    hosts = [str(number) for number in range(1100)]
    for host in hosts:
        broken(book, host, ONCE)

    assert all(whats(book, host, 0.0) == ["begin"] for host in hosts)
    assert not any(whats(book, host, 1.0) for host in hosts)


def test_what_comes_and_goes_on_a_noisy_host_is_lately_for_it_alone() -> None:
    book = Book()
    broken(book, QUIET)
    assert whats(book, QUIET, 0.0) == ["begin"]
    assert len(book.kept(RULE.id, of(QUIET, launch(1)), 1.0)) == 1
    for number in range(1001):
        _comes_and_goes(book, of(NOISY, launch(0, digest=f"{number:064x}")))
    broken(book, QUIET, now=2.0)
    (notice,) = book.tick((QUIET, launch(0).source), 2.0)

    assert notice.quiet


def _comes_and_goes(book: Book, one: Launch) -> None:
    book.broken(RULE, replace(finding(one), host=NOISY), 0.0)
    assert whats(book, NOISY, 0.0) == ["begin"]
    assert len(book.kept(RULE.id, replace(one, index=1), 1.0)) == 1
