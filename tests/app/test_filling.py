"""History that the daemon skims leaves the same behind as one whose lines are all read, metrics included."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ollama_watch.alerts.notice import Notice
from ollama_watch.app import checkpoint, watching
from ollama_watch.app.checkpoint import Checkpoint, Resumed
from ollama_watch.app.config import Config
from ollama_watch.app.judging import Judging
from ollama_watch.app.reading import Reading
from ollama_watch.app.watched import Watched
from ollama_watch.app.watching import Watch
from ollama_watch.parse.clock import written
from ollama_watch.sources import batch
from ollama_watch.sources.batch import Batch, Run, Runs, all_lines
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.file import FileSource
from ollama_watch.sources.intake import Intake
from tests.app.test_skimmed_journal import NOTICES, ODD
from tests.bench.make_log import lines
from tests.support.checked import SHIPPED
from tests.support.golden import LINES, LOGS
from tests.support.work import work

NAME = "ollama.service"
pytestmark = pytest.mark.usefixtures("short")  # runs are skimmed too
CONFIG = Config(rules=SHIPPED)
RULES = Judging(CONFIG).rules
SERVER = b'time=2026-01-05T08:00:00Z level=INFO source=routes.go:1187 msg="server config" env="map[]"'
FAILED = (
    b"time=2026-01-05T08:00:00Z level=INFO source=sched.go:1 "
    b'msg="Load failed" model=/blobs/sha256-aa error="out of memory"'
)
REQUESTS = (
    b'[GIN] 2026/01/05 - 08:00:01 | 200 |  1.902311s |  ::1 | POST     "/v1/chat/completions"',
    b'[GIN] 2026/01/05 - 08:00:01 | 200 |   12.034\xc2\xb5s |  10.0.0.7 | GET      "/api/tags"',
    b'[GIN] 2026/01/05 - 08:00:01 | 404 |  2m3s | 10.0.0.7 | POST     "/api/chat?x=1"',
    b'[GIN] 2026/02/30 - 08:00:01 | 200 |  1.9s |  ::1 | POST     "/api/chat"',
    b'[GIN] 2026/01/05 - 08:00:02 |\x1b[97;42m 200 \x1b[0m| 1.2s | ::1 |\x1b[97;46m POST \x1b[0m "/api/chat"',
    b'out [GIN] 2026/01/05 - 08:00:01 | 200 |  1.9s |  ::1 | POST     "/api/embed" [GIN] again',
    b'[GIN] 2026/01/05 - 08:00:01 | 200 |  1.9s |  ::1 | POST     "/general.architecture"',
    b'{"log": "msg=\\"x\\"\\n[GIN] 2026/01/05 - 08:00:01 | 200 | 1s | ::1 | POST \\"/api/chat\\""}',
    b"[GIN] 2026/01/05", b"[GIN-debug] GET / --> x", b"msg=x [GIN] y",
)  # fmt: skip
Entry = tuple[bytes, float, batch.Notice | None]  # text, seconds after the last one


class Way:
    """One way to take history in, with what came of it."""

    def __init__(self, *, skim: bool) -> None:
        self.skim = skim
        self.watch = Watch(CONFIG, {NAME: Watched(Reading(NAME))})
        self.notices: list[Notice] = []

    def take(self, runs: Runs) -> None:
        for run in runs:
            if self.skim:
                self.notices += self.watch.fill(NAME, run)
            else:
                for line in all_lines([run]):
                    self.notices += self.watch.feed(NAME, line)

    def restart(self) -> None:
        """Go on as another process that has read what this one wrote."""
        before = self.saved()
        found = checkpoint.read(before, RULES)
        self.watch = Watch(CONFIG, {NAME: found.sources[NAME].watched}, found.book, found.moments)

    def live(self, runs: Runs) -> None:
        """Take in what comes after the history."""
        self.watch.following(NAME, live=True)
        for line in all_lines(runs):
            self.notices += self.watch.feed(NAME, line)
        self.notices += self.watch.tick(self.now + 20, 20)

    def saved(self) -> str:
        self.notices += self.watch.settle()
        watched = self.watch.sources[NAME]
        sources = {NAME: Resumed(target="", position=None, watched=watched, now=self.now)}
        book, moments = self.watch.book, self.watch.judging.moments
        return checkpoint.write(Checkpoint(sources=sources, book=book, moments=moments))

    @property
    def now(self) -> float:
        return self.watch.sources[NAME].reading.fleet.now

    @property
    def left(self) -> tuple[object, ...]:
        """Return what is known now; of the requests that were heard only those may count that are late."""
        self.notices += self.watch.settle()
        fleet = self.watch.sources[NAME].reading.fleet
        fleet.heard.clear()
        fleet.stamped = False  # of the line that was read last
        return self.saved(), self.watch.known(), self.notices, self.now


def runs(entries: Iterable[Entry], size: int, *, file: bool = False) -> Iterator[Runs]:
    """Yield what entries give, so many at once; each has a cursor of its own, but in a file."""
    intake = Intake(SourceConfig(name=NAME, unit=NAME), None)
    found, at = Batch(), (written(SERVER) or (0.0,))[0]
    for number, (text, later, notice) in enumerate(entries):
        at += later
        if notice:
            found.notices[len(found.texts)] = notice
        found.add(text, at, "" if file else f"cursor {number}")
        if len(found.texts) >= size:
            yield intake.take(found)
            found = Batch()
    yield intake.take(found)


def same(
    entries: Sequence[Entry], size: int, *, restart: int = -1, live: int = 0, file: bool = False
) -> Watched:
    """Hold both ways against each other and return what is known.

    `restart`: after so many runs, `live`: so many runs are news, the last ones.
    """
    given = list(runs(entries, size, file=file))
    return held(given[: len(given) - live], given[len(given) - live :], restart)


def held(history: Sequence[Runs], news: Sequence[Runs] = (), restart: int = -1) -> Watched:
    each, skimmed = Way(skim=False), Way(skim=True)
    for way in (each, skimmed):
        for number, one in enumerate(history):
            way.take(one)
            if number == restart:
                way.restart()
        if news:
            way.live([run for one in news for run in one])

    assert skimmed.watch.sources[NAME].reading.tally == each.watch.sources[NAME].reading.tally
    assert skimmed.left == each.left
    return skimmed.watch.sources[NAME]


@pytest.fixture(scope="module")
def short() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watching, "_LONG", 0)
        yield


@pytest.mark.parametrize("size", [1, 100, 2000])
@pytest.mark.parametrize("name", LOGS)
def test_every_golden_log(name: str, size: int) -> None:
    same([(SERVER, 0.0, None), *((text, 0.1, None) for text in LOGS[name].splitlines() if text)], size)


@pytest.mark.parametrize("every", [30, 300])
@pytest.mark.parametrize("restart", [-1, 3])
@pytest.mark.parametrize("step", [0.02, 0.3])
@pytest.mark.parametrize("file", [False, True])
def test_a_busy_server(
    every: int,
    restart: int,
    step: float,
    file: bool,  # noqa: FBT001  # a parameter
) -> None:
    """Whatever the journal's clock says beside the server's own."""
    texts = [line.encode() for line in islice(lines(Random(7), every), 6000)]  # noqa: S311  # no secret
    same(
        [(SERVER, 0.0, None), *((text, step, None) for text in texts)],
        500,
        restart=restart,
        live=2,
        file=file,
    )


@pytest.mark.parametrize("after", [3, 3000])
def test_a_log_that_was_rotated_before_a_launch(tmp_path: Path, after: int) -> None:
    """The numbers of lines begin again."""
    texts = [f"{line}\n".encode() for line in islice(lines(Random(7), 300), 9000)]  # noqa: S311  # no secret
    at = next(number for number, text in enumerate(texts) if number > 5000 and b'msg="starting' in text)
    log, rotated = tmp_path / "server.log", tmp_path / "server.log.1"
    log.write_bytes(b"".join([SERVER + b"\n", *texts[:at]]))
    with closing(FileSource(NAME, log)) as source:
        source.take()
        begin = replace(source.position, offset=0, number=0) if source.position else None
    log.rename(rotated)
    log.write_bytes(b"".join(texts[at : at + after]))
    with closing(FileSource(NAME, log, after=begin)) as source:
        given = [source.take()]
        while not source.caught_up:
            given.append(source.take())

    assert held(given).reading.tally.events["Access"] > at // 10


def test_a_run_tells_its_requests_where_they_stand() -> None:
    """Those before the first launch of a server's life are counted apart, and no others."""
    texts = [line.encode() for line in islice(lines(Random(7), 200), 2000)]  # noqa: S311  # no secret
    log = [(text, 0.02, None) for text in (*REQUESTS * 3, SERVER, *REQUESTS * 20, *texts)]
    (whole,) = runs(log, 5000)
    way = Way(skim=True)
    way.take(whole)

    assert [type(run) for run in whole] == [Run]
    assert way.watch.sources[NAME].reading.tally.requests_without_launch > 50
    same(log, 5000)


@pytest.mark.parametrize(("restart", "live"), [(-1, 0), (1, 0), (-1, 3)])
def test_a_request_that_was_logged_before_its_launch(restart: int, live: int) -> None:
    """It waits, also over a kill and the end of the history."""
    cmd = f"/usr/lib/ollama/llama-server --model /blobs/sha256-{'ab' * 32} --port 4000 -c 4096 -np 1"
    log = (
        (SERVER, 0.0),
        (b'[GIN] 2026/01/05 - 08:00:03 | 200 |  5s |  ::1 | POST     "/v1/chat/completions"', 3.0),
        (f'time=2026-01-05T08:00:00Z level=INFO msg="starting llama-server" cmd="{cmd}"'.encode(), 0.0),
        (b'time=2026-01-05T08:00:02Z level=INFO msg="llama-server started in 2.50 seconds"', 0.0),
    )
    (launch,) = same([(*one, None) for one in log], 1, restart=restart, live=live).launches.values()

    assert launch.request
    assert launch.request.endpoint == "/v1/chat/completions"


@pytest.mark.parametrize("file", [False, True])
def test_it_takes_a_fraction_of_the_work(
    file: bool,  # noqa: FBT001  # as above
) -> None:
    """Where alerts are, and time stands still, too."""
    texts = [line.encode() for line in islice(lines(Random(7), 500), 10_000)]  # noqa: S311  # no secret
    given = list(runs([(SERVER, 0.0, None), *((text, 0.02, None) for text in texts)], 2000, file=file))
    each, skimmed = Way(skim=False), Way(skim=True)
    costs = [work(partial(way.take, list(chain(*given)))) for way in (each, skimmed)]

    assert skimmed.watch.book.active()
    assert costs[1] < costs[0] / 3


plain = st.tuples(st.sampled_from(LINES).filter(bool), st.sampled_from((0.0, 0.02, 0.5, 3.0)), st.none())
asked = st.tuples(st.sampled_from(REQUESTS), st.sampled_from((0.0, 0.4, 2.0, 30.0)), st.none())
odd = st.tuples(
    st.sampled_from((*ODD, SERVER, FAILED)),
    st.sampled_from((-3600.0, -5.0, 0.0, 12.0, 700.0, 90_000.0)),
    st.one_of(st.none(), st.none(), st.sampled_from(NOTICES)),
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.one_of(plain, plain, asked, odd), max_size=80),
    st.integers(1, 40),
    st.integers(-1, 3),
    st.integers(0, 1),
    st.booleans(),
)
def test_any_entries_in_any_runs(
    entries: list[Entry],
    size: int,
    restart: int,
    live: int,
    file: bool,  # noqa: FBT001  # as above
) -> None:
    """With clocks that jump, silences, and a kill in between."""
    same(entries, size, restart=restart, live=live, file=file)
