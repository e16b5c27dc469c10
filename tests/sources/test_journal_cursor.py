"""Going on after a place that is not there any more, both ways, against a real journald."""

import logging
import time

import pytest

from ollama_watch.sources.position import Position
from tests.sources.conftest import CONFIG, Follow, Follower
from tests.support.crafted import EARLIER, LATER, craft, line
from tests.support.journald import Journald

ELSEWHERE = f"s={'cd' * 16};i=7;b={'ef' * 16};m=1;t={time.time_ns() // 1000:x};x=1"  # another machine's


def test_a_removed_entry_is_gone_on_after_with_the_oldest_that_is_left(
    journald: Journald, follow: Follow, caplog: pytest.LogCaptureFixture
) -> None:
    place = _read(journald, follow, b"one")
    for n in range(3):
        journald.log(b"lost %d" % n)
        journald.run(["journalctl", "--rotate"])
    journald.run(["journalctl", "--vacuum-files=1"])
    journald.log(CONFIG, b"two", b"three")

    follower = follow(journald, after=place)
    assert follower.catch_up() == [CONFIG, b"two", b"three"]
    assert follower.lines[0].number == 2
    _told_once(follower, caplog, "may be missing", gaps=1)


def test_a_removed_entry_that_was_the_newest_is_gone_on_after(journald: Journald, follow: Follow) -> None:
    place = _read(journald, follow, b"one")
    journald.run(["journalctl", "--rotate", "--vacuum-files=1"])
    follower = follow(journald, after=place)
    follower.catch_up()
    journald.log(b"two")

    assert follower.until_last(b"two") == [b"two"]
    assert follower.source.counters.gaps == 1


def test_a_journal_that_ended_with_its_boot_is_gone_on_after_from_the_next_one_s_beginning(
    journald: Journald, follow: Follow
) -> None:
    """A server that ran in between and was stopped is not passed over."""
    with Journald() as before:
        craft(before, [line(b"yesterday")])
        place = _place(follow(before, whole=True))
    journald.log(CONFIG, b"this morning", CONFIG, b"now")

    follower = follow(journald, after=place)
    assert follower.catch_up() == [CONFIG, b"this morning", CONFIG, b"now"]
    assert follower.source.counters.gaps == 1


@pytest.mark.usefixtures("every_cursor")
def test_an_earlier_boot_s_place_is_found(journald: Journald, follow: Follow) -> None:
    craft(journald, [line(b"one"), line(b"two")])
    craft(journald, [line(b"three")], boot="cd" * 16, since=LATER, file="system@newer.journal")
    journald.log(CONFIG)
    everything = follow(journald, whole=True)
    assert everything.catch_up() == [b"one", b"two", b"three", CONFIG]
    assert EARLIER in everything.lines[0].cursor

    follower = follow(journald, after=Position(cursor=everything.lines[0].cursor, number=1))
    assert follower.catch_up() == [b"two", b"three", CONFIG]
    assert follower.source.counters.gaps == 0


@pytest.mark.parametrize(
    "cursor",
    ["garbage", "s=1", "\0", "--version", "", "x" * 100_000, ELSEWHERE, ELSEWHERE.replace("t=", "t=ff")],
    ids=["word", "part", "NUL", "option", "none", "long", "elsewhere", "future"],
)
def test_a_place_of_no_journal_or_another_is_forgotten(
    journald: Journald, follow: Follow, cursor: str, caplog: pytest.LogCaptureFixture
) -> None:
    craft(journald, [line(b"long ago")])
    journald.log(CONFIG, b"first life")
    journald.log(CONFIG, b"second life")

    follower = follow(journald, after=Position(cursor=cursor, number=9))
    assert follower.catch_up() == [CONFIG, b"second life"]
    journald.log(b"more")
    assert follower.until_last(b"more")[2:] == [b"more"]
    if cursor:
        _told_once(follower, caplog, "none in this journal", gaps=0)


def test_an_empty_journal_has_no_place_to_forget(journald: Journald, follow: Follow) -> None:
    follower = follow(journald, after=Position(cursor=ELSEWHERE, number=9))
    follower.catch_up()
    journald.log(b"one")

    assert follower.until_last(b"one") == [b"one"]


def _read(journald: Journald, follow: Follow, text: bytes) -> Position:
    journald.log(text)
    return _place(follow(journald))


def _place(follower: Follower) -> Position:
    follower.catch_up()
    place = follower.source.position
    follower.source.close()
    assert place
    return place


def _told_once(follower: Follower, caplog: pytest.LogCaptureFixture, words: str, *, gaps: int) -> None:
    (said,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert words in said.getMessage()
    assert follower.source.trouble is None
    assert follower.source.counters.gaps == gaps
