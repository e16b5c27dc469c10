"""The order in which notices are told, and that many of them cost as much each as a few."""

from dataclasses import replace

from ollama_watch.alerts.notice import Notice, What
from ollama_watch.model import Severity
from ollama_watch.sinks.waiting import Queue, Waiting
from tests.support.made_alerts import small
from tests.support.work import work


def item(number: int, key: str = "", severity: Severity = "warning", what: What = "begin") -> Waiting:
    alert = small()
    finding = replace(alert.finding, severity=severity)
    return Waiting(number, Notice(replace(alert, key=key or str(number), finding=finding), what))


def queue(*items: Waiting) -> Queue:
    made = Queue(10_000, lambda _: None, lambda _, __: None)
    for one in items:
        made.add(one)
    return made


def told(one: Queue) -> list[int]:
    """Return the numbers of all that waits, as they are let out."""
    found = []
    while after := one.next():
        found.append(one.take(after).number)
    return found


def test_the_gravest_are_first_and_of_one_alert_the_oldest() -> None:
    grave, mild = item(3, "a", "critical", "change"), item(4, "b", "info")

    assert told(queue(item(1, "a"), item(2, "c"), grave, mild)) == [1, 3, 2, 4]


def test_what_was_tried_comes_after_what_was_not_and_keeps_its_turn() -> None:
    tried = [replace(item(number), tried_since=0.0) for number in (1, 2)]

    assert told(queue(*tried, item(3, severity="info"))) == [3, 1, 2]


def test_what_was_given_up_has_no_turn() -> None:
    waiting = queue(replace(item(1, "a"), tried_since=0.0, given_up=True), item(2))

    assert waiting.has_given_up("a")
    assert len(waiting) == 1
    assert told(waiting) == [2]
    assert waiting.has_given_up("a")


def test_what_became_graver_meanwhile_comes_first() -> None:
    waiting = queue(item(1), item(2, "b", "info"))
    waiting.add(item(3, "b", "critical", "change"))
    waiting.thin()

    assert told(waiting) == [3, 1]


def test_to_tell_twice_as_many_is_twice_the_work() -> None:
    few, many = (queue(*(item(number) for number in range(count))) for count in (200, 400))

    assert work(lambda: told(many)) < 2.2 * work(lambda: told(few))


def test_what_comes_while_nothing_is_taken_costs_the_same_however_many_wait() -> None:
    def cost(count: int) -> int:
        waiting = queue(*(item(number) for number in range(count)))
        waiting.thin()
        return work(lambda: _comes(waiting, item(count, "1", what="change")))

    assert cost(400) < 1.1 * cost(10)


def _comes(waiting: Queue, one: Waiting) -> None:
    waiting.add(one)
    waiting.thin()
