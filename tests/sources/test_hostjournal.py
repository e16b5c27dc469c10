"""Journals that a real systemd-journal-remote collects: each line once, in the order of arrival."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from ollama_watch.model import Line
from ollama_watch.sources.collected import Collected
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.hostjournal import HostJournal
from ollama_watch.sources.position import Position
from tests.support.collector import Collector, Host
from tests.support.wait import until

_MANY = 1500  # lines of 300 bytes: about a file


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


@pytest.fixture
def host(request: pytest.FixtureRequest) -> Host:
    """Return one that no other test has."""
    return Host(_numbers[request.node.nodeid])


class _Numbers(dict[str, int]):
    def __missing__(self, name: str) -> int:
        return self.setdefault(name, len(self))


_numbers = _Numbers()


class _Followed:
    """A host's journal that is being followed, and what it has given."""

    def __init__(self, collector: Collector, host: Host, after: Line | None, *, child: bool) -> None:
        target = SourceConfig(name="fleet", unit="ollama.service", directory=str(collector.folder))
        folder = Collected(collector.folder)
        place = Position(cursor=after.cursor, number=after.number) if after else None
        self.source = HostJournal(target, folder, host.name, after=place, child=child)
        self.lines: list[Line] = []

    @property
    def texts(self) -> list[str]:
        return [line.text.decode() for line in self.lines]

    def turn(self) -> bool:
        self.lines += self.source.read()
        return True

    def until(self, wanted: Sequence[str]) -> list[str]:
        """Return what came by the time that the last of `wanted` did, and in a turn after that."""
        until(lambda: self.turn() and wanted[-1] in self.texts, 20)
        self.turn()
        return self.texts


Follow = Callable[..., _Followed]


@pytest.fixture
def follow(collector: Collector, child: bool) -> Iterator[Follow]:  # noqa: FBT001  # a fixture's name
    """Return a function that follows a host's journal, from its begin or after a line."""
    with ExitStack() as opened:

        def open_it(host: Host, after: Line | None = None) -> _Followed:
            followed = _Followed(collector, host, after, child=child)
            opened.callback(followed.source.close)
            return followed

        yield open_it


def _lines(what: str, count: int = 3) -> list[str]:
    return [f"{what} {n}" for n in range(count)]


def _descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def _long(what: str) -> list[str]:
    return [f"{what} {n} {os.urandom(140).hex()}" for n in range(_MANY)]


def test_what_is_there_and_what_comes(collector: Collector, host: Host, follow: Follow) -> None:
    collector.take(host, _lines("before"))
    followed = follow(host)
    followed.until(host.sent)
    collector.take(host, _lines("after"))

    assert followed.until(host.sent) == host.sent
    assert [line.number for line in followed.lines] == [1, 2, 3, 4, 5, 6]


def test_what_comes_late_is_not_passed_over(collector: Collector, host: Host, follow: Follow) -> None:
    """An hour of entries that are older than the last one that was read, by both clocks."""
    kept_back = host.export(_lines("kept back"), ago=3600)
    late = host.sent.copy()
    host.sent.clear()
    collector.take(host, _lines("in time"))
    followed = follow(host)
    followed.until(host.sent)
    collector.post(host, kept_back)

    assert followed.until(late) == [*host.sent, *late]


def test_rotation_loses_and_doubles_nothing(collector: Collector, host: Host, follow: Follow) -> None:
    followed = follow(host)
    for n in range(4):
        collector.take(host, _long(f"round {n}"), ago=3600.0 * (n % 2))
        if n % 3:
            followed.turn()

    assert len(collector.files(host)) > 2
    assert followed.until(host.sent) == host.sent


def test_a_restart_goes_on_wherever_it_was(collector: Collector, host: Host, follow: Follow) -> None:
    for n in range(3):
        collector.take(host, _long(f"round {n}"))
    whole = follow(host)
    whole.until(host.sent)
    for last in (0, 700, _MANY, 2 * _MANY + 1, len(host.sent) - 2):
        followed = follow(host, whole.lines[last])

        assert followed.until(host.sent) == host.sent[last + 1 :]
        assert (followed.lines[0].number, followed.source.counters.gaps) == (last + 2, 0)


def test_a_crash_of_the_collector_loses_nothing(collector: Collector, host: Host, follow: Follow) -> None:
    """It begins a new file with new numbers, and what comes late is older than what the old one holds."""
    collector.take(host, _lines("before"))
    followed = follow(host)
    followed.until(host.sent)
    collector.crash(host, _lines("in the last moment"))
    collector.take(host, _lines("late"), ago=7200)

    assert any(file.suffix == ".journal~" for file in collector.files(host))
    assert followed.until(host.sent) == host.sent
    resumed = follow(host, followed.lines[3])
    assert resumed.until(host.sent) == host.sent[4:]


def test_what_was_removed_before_it_was_read_is_a_gap(
    collector: Collector, host: Host, follow: Follow
) -> None:
    for n in range(3):
        collector.take(host, _long(f"round {n}"))
    whole = follow(host)
    whole.until(host.sent)
    rotated = [file for file in collector.files(host) if "@" in file.name]
    rotated[0].unlink()
    followed = follow(host, whole.lines[0])

    texts = followed.until(host.sent)
    assert texts == host.sent[-len(texts) :]
    assert followed.source.counters.gaps == 1
    assert whole.texts == host.sent


def test_only_the_unit_that_was_asked_for(collector: Collector, host: Host, follow: Follow) -> None:
    host.unit = "other.service"
    collector.take(host, _lines("of another unit"))
    host.unit, wanted = "ollama.service", _lines("ours")
    collector.take(host, wanted)
    followed = follow(host)

    assert followed.until(wanted) == wanted


def test_a_host_costs_one_descriptor(
    collector: Collector,
    host: Host,
    follow: Follow,
    child: bool,  # noqa: FBT001  # a fixture's name
) -> None:
    """Two where journalctl is asked, which has to wake us."""
    for n in range(3):
        collector.take(host, _long(f"round {n}"))
    before = _descriptors()
    followed = follow(host)
    followed.until(host.sent)
    until(lambda: followed.turn() and followed.source.caught_up)

    assert _descriptors() - before == 1 + child
    followed.source.close()
    assert _descriptors() == before
