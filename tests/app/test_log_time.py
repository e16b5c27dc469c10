"""Log time: moved on by the clock, and not fooled by one that is set."""

from datetime import UTC, datetime

import pytest

from ollama_watch.app.config import Config
from ollama_watch.app.reading import Reading
from ollama_watch.app.watched import Watched
from ollama_watch.app.watching import Watch
from ollama_watch.model import Line
from tests.support.checked import SHIPPED

DAY = 86400.0
NOW = 1_780_000_000.0  # 2026-05-28T20:26:40Z
LAUNCH = (
    'time={stamp} level=INFO source=server.go:1 msg="starting llama server" cmd="/o/runner --model '
    "/m/sha256-" + "5b" * 32 + ' --ctx-size 2048 --parallel 1 --port 4000{port}"'
)

_STARTED = 'time={stamp} level=INFO source=server.go:1 msg="llama runner started in 1.25 seconds"'


def watch(*, live: bool = True) -> Watch:
    one = Watch(Config(rules=SHIPPED), {"server.log": Watched(Reading("server.log"))})
    one.following("server.log", live=live)
    return one


def launched(one: Watch, at: float, stamp: str = "2026-05-28T20:26:40Z", port: int = 1) -> None:
    one.feed("server.log", Line(LAUNCH.format(stamp=stamp, port=port).encode(), port, at))


def now(one: Watch) -> float:
    return one.sources["server.log"].reading.fleet.now


def test_history_is_brought_up_to_the_clock() -> None:
    one = watch(live=False)
    launched(one, NOW + 3 * DAY)
    one.following("server.log", live=True)
    one.tick(NOW + 3 * DAY)

    assert now(one) == NOW + 3 * DAY


@pytest.mark.parametrize("jump", [365 * DAY, -365 * DAY, 3600.0, -3600.0])
def test_a_clock_that_is_set_neither_stops_nor_drives_it(jump: float) -> None:
    one = watch()
    launched(one, NOW)
    one.tick(NOW)

    one.tick(NOW + jump, 1.0)
    one.tick(NOW + jump + 2, 2.0)
    assert now(one) == NOW + 3


def test_a_begin_is_told_in_five_seconds_even_if_the_clock_goes_back() -> None:
    one = watch()
    one.tick(NOW)
    launched(one, NOW)

    told = [notice for second in range(7) for notice in one.tick(NOW - DAY + second, 1.0)]
    assert [notice.alert.rule for notice in told] == ["context-small"]


def test_a_line_that_is_read_first_after_a_suspend_does_not_count_it_twice() -> None:
    one = watch()
    one.tick(NOW)
    launched(one, NOW + 8 * 3600, "2026-05-29T04:26:40Z")
    one.tick(NOW + 8 * 3600, 8 * 3600.0)

    assert now(one) == NOW + 8 * 3600


def test_a_small_correction_is_followed() -> None:
    one = watch()
    launched(one, NOW)
    one.tick(NOW)
    one.tick(NOW + 60, 1.0)

    assert now(one) == NOW + 60


@pytest.mark.parametrize(("live", "stamp"), [(True, "2020-01-01T00:00:00Z"), (True, "2031-01-01T00:00:00Z")])
def test_a_stamp_far_off_the_clock_is_replaced_by_the_arrival(live: bool, stamp: str) -> None:  # noqa: FBT001
    one = watch(live=live)
    launched(one, NOW, stamp)

    assert now(one) == NOW


def test_history_from_the_future_is_not_believed() -> None:
    one = watch(live=False)
    launched(one, NOW, "2031-01-01T00:00:00Z")

    assert now(one) == NOW


def test_history_from_the_past_is() -> None:
    one = watch(live=False)
    launched(one, NOW, "2026-05-20T20:26:40Z")

    assert now(one) == NOW - 8 * DAY


@pytest.mark.parametrize("behind", [0.0, 3600.0, -3600.0])
def test_another_host_has_a_clock_of_its_own(behind: float) -> None:
    """Its launch is complete when it is: ten minutes do not pass between two of its lines."""
    one = Watch(Config(rules=SHIPPED), {"fleet@a": Watched(Reading("fleet", "a"))})
    one.following("fleet@a", live=True)
    theirs = NOW - behind
    one.tick(NOW, 1.0)
    one.feed("fleet@a", Line(LAUNCH.format(stamp=_stamp(theirs), port=1).encode(), 1, theirs))
    for second in range(3):
        one.tick(NOW + second, 1.0)
    one.feed("fleet@a", Line(_STARTED.format(stamp=_stamp(theirs + 3)).encode(), 2, theirs + 3))
    (launch,) = one.sources["fleet@a"].launches.values()

    assert (launch.complete, launch.at, launch.host) == (True, theirs, "a")
    assert one.sources["fleet@a"].reading.fleet.now == theirs + 3


def test_what_a_host_delivers_late_happens_when_it_comes() -> None:
    one = Watch(Config(rules=SHIPPED), {"fleet@a": Watched(Reading("fleet", "a"))})
    one.following("fleet@a", live=True)
    for at, port in ((NOW, 1), (NOW - 3600, 2)):
        one.feed("fleet@a", Line(LAUNCH.format(stamp=_stamp(at), port=port).encode(), port, at))
        one.tick(NOW, 1.0)
        one.feed("fleet@a", Line(_STARTED.format(stamp=_stamp(at + 1)).encode(), port, at + 1))
    (launch,) = one.sources["fleet@a"].launches.values()

    assert (launch.line, launch.complete, launch.started) == (2, True, True)
    assert NOW <= launch.at <= NOW + 3


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("back", [200.0, 5 * 3600.0, 400 * DAY])
@pytest.mark.parametrize("restarted", [False, True])
def test_a_clock_that_was_set_back_keeps_nothing_waiting(back: float, restarted: bool) -> None:  # noqa: FBT001
    """A launch that loads is told in five seconds, and may load for minutes; log time never goes back."""
    one = watch()
    one.tick(NOW)
    launched(one, NOW)
    one.tick(NOW, 1.0)
    before = now(one)
    if restarted:
        reading = one.sources["server.log"].reading
        one = Watch(Config(rules=SHIPPED), {"server.log": Watched(reading)}, one.book)
        one.following("server.log", live=True)

    clock = NOW - back
    one.tick(clock)
    told = [notice for second in range(7) for notice in one.tick(clock + second, 1.0)]
    assert now(one) == before + 7
    assert [notice.alert.rule for notice in told] == ["context-small"]
    stamp = datetime.fromtimestamp(clock + 7, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    launched(one, clock + 7, stamp, port=2)
    one.tick(clock + 8, 1.0)
    assert one.sources["server.log"].reading.fleet.pending, "it has not loaded for ten minutes yet"


def test_a_line_of_a_clock_that_is_a_little_ahead_stops_nothing() -> None:
    """The server may be on another machine."""
    one = watch()
    one.tick(NOW)
    launched(one, NOW, "2026-05-28T20:29:40Z")

    told = [notice for second in range(1, 8) for notice in one.tick(NOW + second, 1.0)]
    assert [notice.alert.rule for notice in told] == ["context-small"]
