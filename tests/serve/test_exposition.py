"""The metrics page: what `prometheus_client` would write, however much of it is kept from the last one."""

import gzip
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder

from ollama_watch.app.config import load_config
from ollama_watch.app.deliveries import Deliveries
from ollama_watch.app.keeping import Keeping
from ollama_watch.app.reloading import Reloading
from ollama_watch.app.roster import Roster
from ollama_watch.app.showing import Showing
from ollama_watch.app.watching import Watch
from ollama_watch.app.wiring import file_target
from ollama_watch.serve import families
from ollama_watch.serve.exposition import Exposition
from ollama_watch.serve.metrics import WatchCollector
from tests.support.daemon import append
from tests.support.logs import START, launch, record

OPENMETRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
CUT = record("truncating input prompt", "limit=2048 prompt=5000 keep=4 new=2048")
OTHER = launch(ctx_size=1024, parallel=1, digest="cd" * 32, port=40002, started=True)
AGAIN = launch(ctx_size=32768, parallel=1, port=40003, started=True)
STEPS = (
    launch(ctx_size=8192, parallel=4),
    record("llama runner started in 2.00 seconds"),
    CUT,
    CUT,
    OTHER,
    AGAIN,
)


class Program:
    """What a log tells, as a page; each page is of all that was written before."""

    def __init__(self, log: Path) -> None:
        self._log, self._roster = log, Roster([file_target(log)], [], {})
        self._watch = Watch(load_config(None), self._roster.watched)
        self._watch.following(log.name, live=True)
        keeping = Keeping(None, self._watch, self._roster, Deliveries([], {}), lambda: 0.0)
        reloading = Reloading(lambda: load_config(None), tuple, 0.0)
        self._showing = Showing(self._watch, self._roster, [], keeping, reloading)
        self._exposition = Exposition(self._showing)
        self.close = self._roster.close

    def logs(self, *texts: str) -> None:
        append(self._log, *texts)
        for source in self._roster.sources:
            for line in source.read():
                self._watch.feed(source.name, line)

    def page(self, accept: str = "", encoding: str = "") -> bytes:
        return self._exposition.page(accept, encoding)[1]

    def anew(self, accept: str = "") -> bytes:
        registry = CollectorRegistry()
        registry.register(WatchCollector(self._showing))
        return choose_encoder(accept)[0](registry)


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with closing(Program(tmp_path / "server.log")) as running:
        running.logs(*START)
        yield running


@pytest.mark.parametrize("accept", ["", OPENMETRICS])
def test_a_page_after_a_change_is_the_one_that_would_be_written_anew(program: Program, accept: str) -> None:
    pages = [program.page(accept)]
    for text in STEPS:
        program.logs(text)
        pages.append(program.page(accept))
        assert pages[-1] == program.anew(accept)

    assert len(set(pages)) == len(pages)
    assert pages[-1].count(b"# EOF\n") == (accept == OPENMETRICS)


def test_what_did_not_change_is_not_written_again(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    real = families.Gauges.metric

    def noting(self: families.Gauges) -> Metric:
        written.append(self.name)
        return real(self)

    program.logs(*STEPS)
    program.page()
    monkeypatch.setattr(families.Gauges, "metric", noting)
    program.page()
    assert written == []

    program.logs(launch(ctx_size=4096, parallel=1, digest="ef" * 32, port=40004, started=True))
    program.page()
    assert {"runner_context_tokens", "runner_info"} <= set(written)
    assert "build_info" not in written


def test_readers_of_both_formats_and_of_packed_pages_get_the_same_numbers(program: Program) -> None:
    program.logs(*STEPS)
    plain, other = program.page(), program.page(OPENMETRICS)

    assert gzip.decompress(program.page("", "gzip")) == plain
    assert gzip.decompress(program.page(OPENMETRICS, "br, gzip;q=0.8")) == other
    assert plain != other
