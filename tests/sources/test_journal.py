"""Both ways of reading the journal keep the same promises, against a real journald."""

import select
import time

import pytest

from ollama_watch.sources import entries
from ollama_watch.sources.config import SourceConfig
from tests.sources.conftest import CONFIG, OLLAMA, Follow
from tests.support.journald import Journald
from tests.support.wait import until


def test_lines_come_as_they_are_logged(journald: Journald, follow: Follow) -> None:
    journald.log(CONFIG)
    follower = follow(journald)
    follower.catch_up()
    before = time.time()
    journald.log(b"one", b"two")
    follower.until_last(b"two")

    first, second = follower.lines[1:]
    assert (first.text, first.number, second.text, second.number) == (b"one", 2, b"two", 3)
    assert before <= first.at <= second.at <= time.time()
    assert first.cursor != second.cursor
    counters = follower.source.counters
    assert (counters.lines, counters.bytes) == (3, len(CONFIG) + 9)
    assert (counters.last_line_at, counters.reopens) == (second.at, 0)


def test_the_descriptor_tells_of_new_lines(journald: Journald, follow: Follow) -> None:
    follower = follow(journald)
    follower.catch_up()
    descriptor = follower.source.fileno()
    assert descriptor is not None
    until(lambda: not select.select([descriptor], [], [], 0)[0] or follower.turn())
    journald.log(b"news")

    assert select.select([descriptor], [], [], 10)[0]
    assert follower.until_last(b"news") == [b"news"]
    assert follower.source.fileno() == descriptor


def test_no_line_is_lost_from_the_first_burst_of_an_empty_journal(journald: Journald, follow: Follow) -> None:
    follower = follow(journald)
    follower.catch_up()
    burst = [b"%d" % n for n in range(5000)]
    journald.log(*burst)

    assert follower.source.caught_up
    assert follower.until_last(burst[-1]) == burst


def test_a_long_history_comes_in_turns(journald: Journald, follow: Follow) -> None:
    history = [CONFIG, *(b"%d" % n for n in range(6000))]
    journald.log(*history)
    follower = follow(journald)
    until(follower.turn)

    assert len(follower.lines) < 3000
    assert not follower.source.caught_up
    assert follower.catch_up() == history


@pytest.mark.parametrize("unit", ["other.service", "ollama.service.evil", ""])
def test_only_the_unit_counts(journald: Journald, follow: Follow, unit: str) -> None:
    """Whatever calls itself "ollama" in SYSLOG_IDENTIFIER or UNIT is not the unit."""
    follower = follow(journald)
    journald.log(b"forged", unit=unit, identifier="ollama")
    journald.send(unit, MESSAGE=b"forged", SYSLOG_IDENTIFIER=b"ollama", UNIT=b"ollama.service")
    journald.log(b"true", identifier="any")

    assert follower.until_last(b"true") == [b"true"]


def test_a_container_counts_only_if_docker_vouches_for_it(journald: Journald, follow: Follow) -> None:
    follower = follow(journald, SourceConfig(name="box", container="box"))
    journald.send("evil.service", MESSAGE=b"forged", CONTAINER_NAME=b"box")
    journald.send("docker.service", MESSAGE=b"another's", CONTAINER_NAME=b"other")
    journald.send("docker.service", MESSAGE=b"true", CONTAINER_NAME=b"box")

    assert follower.until_last(b"true") == [b"true"]


@pytest.mark.parametrize(
    "text", [b"bin \xff\xfe", b"esc \x1b[1mbold", "na\u00efve \U0001f999".encode(), b'"\\u0041']
)
def test_bytes_come_as_they_were_logged(journald: Journald, follow: Follow, text: bytes) -> None:
    journald.log(text)

    assert follow(journald).catch_up() == [text]


def test_a_very_long_line_comes_in_journald_s_pieces(journald: Journald, follow: Follow) -> None:
    journald.log(b"x" * 100_000, b"next")

    *pieces, last = follow(journald).catch_up()
    assert b"".join(pieces) == b"x" * 100_000
    assert last == b"next"


def test_an_entry_of_many_lines_is_split_and_one_without_text_is_left_out(
    journald: Journald, follow: Follow
) -> None:
    journald.send(COMMENT=b"no message")
    journald.send(MESSAGE=b"one\r\n\ntwo")
    follower = follow(journald)

    assert follower.catch_up() == [b"one", b"two"]
    assert [line.number for line in follower.lines] == [1, 1]


def test_waits_for_a_journal_that_is_not_there(follow: Follow) -> None:
    with Journald(start=False) as journald:
        follower = follow(journald)
        follower.turn()

        assert follower.source.trouble
        assert "there is no journal yet" in follower.source.trouble
        assert follower.source.caught_up
        journald.start()
        journald.log(b"one")
        assert follower.until_last(b"one") == [b"one"]
        assert follower.source.trouble is None
        follower.source.close()


def test_counts_what_journald_dropped(follow: Follow) -> None:
    """A service that says so itself is not believed."""
    with Journald("RateLimitIntervalSec=500ms\nRateLimitBurst=10") as journald:
        follower = follow(journald)
        journald.log(b"Suppressed 7 messages from ollama.service", *(b"%d" % n for n in range(2000)))

        def told() -> int:
            journald.log(b"more")
            follower.turn()
            return follower.source.counters.suppressed

        until(told)
        numbers = [text for text in follower.texts if text.isdigit()]
        assert follower.source.counters.suppressed >= 2000 - len(numbers) > 0
        assert follower.texts[0].startswith(b"Suppressed 7")
        assert all(text == b"more" or text.isdigit() for text in follower.texts[1:])
        follower.source.close()


def test_close_may_come_twice(journald: Journald, follow: Follow) -> None:
    source = follow(journald).source
    source.close()
    source.close()

    assert source.fileno() is None
    assert source.read() == []


def test_the_units_of_a_target() -> None:
    system = entries.matches(OLLAMA)
    users = entries.matches(SourceConfig(name="u", user_unit="ollama.service", uid=1000))

    assert system.own == ("_SYSTEMD_UNIT=ollama.service",)
    assert system.dropped[-1] == "OBJECT_SYSTEMD_UNIT=ollama.service"
    assert users.own == ("_SYSTEMD_USER_UNIT=ollama.service", "_UID=1000")
    assert users.dropped[-2:] == ("OBJECT_SYSTEMD_USER_UNIT=ollama.service", "OBJECT_UID=1000")


@pytest.mark.parametrize(("own", "pinned"), [(0, ()), (1000, ("_UID=1000",))])
def test_a_user_unit_of_nobody_in_particular_is_one_s_own(
    monkeypatch: pytest.MonkeyPatch, own: int, pinned: entries.Match
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: own)
    found = entries.matches(SourceConfig(name="u", user_unit="ollama.service"))

    assert found.own == ("_SYSTEMD_USER_UNIT=ollama.service", *pinned)
