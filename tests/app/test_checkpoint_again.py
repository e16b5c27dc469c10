"""One checkpoint after the other by one writer: what has not changed is not made again, and is not stale."""

from itertools import count
from pathlib import Path

import pytest

from ollama_watch.app.checkpoint import Checkpoint, Resumed, Writer, read, write
from ollama_watch.app.config import Config, Want
from ollama_watch.app.reading import Reading
from ollama_watch.app.watched import Watched
from ollama_watch.app.watching import Watch
from ollama_watch.model import Line
from tests.support.checked import SHIPPED, lines
from tests.support.logs import START, launch
from tests.support.work import work

GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*.log"))
CONFIG = Config(rules=SHIPPED)
RULES = {rule.id: rule for rule in SHIPPED}
EVERY = 5  # lines from one checkpoint to the next


def watch(*hosts: str) -> Watch:
    return Watch(CONFIG, {host: Watched(Reading("fleet", host), live=True) for host in hosts})


def now(one: Watch) -> Checkpoint:
    sources = {
        name: Resumed(target="", position=None, watched=watched, now=watched.reading.fleet.now)
        for name, watched in one.sources.items()
    }
    return Checkpoint(sources=sources, book=one.book, moments=one.judging.moments)


def is_fresh(writer: Writer, one: Watch) -> bool:
    """Tell whether a new writer would write the same."""
    return write(read(writer.write(now(one)), RULES)) == write(read(write(now(one)), RULES))


@pytest.mark.parametrize("log", GOLDEN, ids=lambda log: log.stem)
def test_what_is_kept_from_the_last_one_is_not_stale(log: Path) -> None:
    one, writer = watch("a", "b"), Writer()
    for number, line in enumerate(lines(log.read_bytes())):
        one.feed("a", line)
        if number % EVERY == 0:
            assert is_fresh(writer, one)
            one.tick(0.0, 1.0)  # s
            assert is_fresh(writer, one)
    one.adopt(Config(rules=SHIPPED, want=(Want("*", 9999),)))
    assert is_fresh(writer, one)
    one.tick(0.0, 1000.0)  # what loads is given up
    assert is_fresh(writer, one)


def test_a_host_that_came_back_is_another_one() -> None:
    one, writer = watch("a"), Writer()
    says(one, "a", count(1))
    assert is_fresh(writer, one)
    one.sources["a"] = Watched(Reading("fleet", "a"), changes=one.sources["a"].changes)

    assert is_fresh(writer, one)


def test_log_time_goes_on_without_a_word() -> None:
    one, writer = watch("a"), Writer()
    says(one, "a", count(1))
    writer.write(now(one))
    one.tick(0.0, 100.0)
    one.tick(0.0, 100.0)

    found = read(writer.write(now(one)), RULES).sources["a"]
    assert found.watched.reading.fleet.now == one.sources["a"].reading.fleet.now


def test_what_one_of_many_hosts_says_is_little_to_write() -> None:
    hosts = [str(number) for number in range(50)]
    one, writer, numbers = watch(*hosts), Writer(), count(1)
    for host in hosts:
        says(one, host, numbers)
    first = work(lambda: writer.write(now(one)))
    says(one, "1", numbers)

    assert work(lambda: writer.write(now(one))) < first / 4


def test_what_is_of_no_use_any_more_is_forgotten() -> None:
    one, writer, numbers = watch("a"), Writer(), count(1)
    says(one, "a", numbers)
    for _ in range(200):
        says(one, "a", numbers)
        kept = writer.write(now(one))

    assert len(kept) < 10 * len(write(now(one)))  # some rows are kept until it is worth to look


def says(one: Watch, host: str, numbers: "count[int]") -> None:
    """Let a host start and launch something that is as it should be."""
    text = launch(ctx_size=32768, parallel=1, started=True)
    for line in (*START, *text.split("\n")):
        one.feed(host, Line(line.encode(), next(numbers), 0.0))
