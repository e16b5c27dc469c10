"""The daemon at work: from the write of a line to the alert, in a flood, idle, starting, and scraped."""

import http.client
import json
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from threading import Condition, Thread
from urllib.parse import urlsplit

from tests.bench.figure import Figure, Size
from tests.bench.ready import seconds_to_ready
from tests.support.daemon import Daemon, append, daemon
from tests.support.logs import START, launch
from tests.support.wait import until

_LAUNCHES, _PAUSE = 100, 0.1  # s between them: each finds the loop at rest
_RATE, _FLOOD, _IDLE = 20_000, 60, 20  # lines a second; s; s
_STEPS = 70_000  # of work that takes as long as an alert does
_MODELS, _TIMES, _STARTS = 100, 20, 11
_NOISE = (
    b"slot update_slots: id  0 | task 7 | prompt processing progress, n_tokens = 512, batch.n_tokens = 512\n"
)


def figures(size: Size) -> Iterator[Figure]:
    """Yield what a daemon costs that follows one file."""
    log = size.folder / "live" / "server.log"
    log.parent.mkdir()
    append(log, *START)
    ready = median(seconds_to_ready(["--file", str(log), "--sink", "log"]) for _ in range(_STARTS))
    yield Figure(what="from start to ready", value=ready, unit="s", bound=0.4, at_least=False)
    with _watching(log) as running:
        took, alone = map(sorted, zip(*_latencies(log, running), strict=True))
        stall = alone[-2] - median(alone)
        yield Figure(what="write to alert, half", value=median(took), unit="ms", bound=5, at_least=False)
        yield Figure(
            what="write to alert, 99 %", value=took[-2], unit="ms", bound=20, at_least=False, stall=stall
        )
        yield Figure(what="    (stall of the machine: work of the same length, 99 %)", value=stall, unit="ms")
        yield Figure(what="scrape, 100 models", value=_scrape(running), unit="ms", bound=5, at_least=False)
        yield Figure(what="/api/v1/alerts, 100 models", value=_took(running, "/api/v1/alerts"), unit="ms")
        yield Figure(what="/api/v1/status, 100 models", value=_took(running, "/api/v1/status"), unit="ms")
    with _watching(log) as running:
        flood = _flood(log, running)
        yield Figure(what="20,000 lines a second", value=flood, unit="% core", bound=15, at_least=False)
        before = _wakes(running)
        yield Figure(what="idle", value=_share(running, _IDLE), unit="% core", bound=0.2, at_least=False)
        yield Figure(what="wake-ups while idle", value=(_wakes(running) - before) / _IDLE, unit="a second")
        private = _private(running)
        yield Figure(what="private memory", value=private, unit="MiB", bound=28, at_least=False)


@contextmanager
def _watching(log: Path) -> Iterator[Daemon]:
    with daemon(["--file", str(log), "--sink", "log"]) as running:
        until(lambda: running.get("/-/ready")[0] == 200)
        yield running


class _Heard:
    """The models whose alerts a stream has told, and when."""

    def __init__(self) -> None:
        self._when: dict[str, float] = {}
        self._news = Condition()

    def follow(self, response: http.client.HTTPResponse) -> None:
        while line := response.readline():
            now = time.perf_counter()
            if line.startswith(b"data:") and (alert := json.loads(line[5:])).get("rule") == "context-small":
                with self._news:
                    self._when.setdefault(alert["model"], now)
                    self._news.notify_all()

    def moment(self, model: str) -> float:
        with self._news:
            assert self._news.wait_for(lambda: model in self._when, 10), f"nobody told of {model}"
            return self._when[model]


def _latencies(log: Path, running: Daemon) -> Iterator[tuple[float, float]]:
    """Yield milliseconds from the write of a launch to its alert in the stream, each of another model.

    Beside each, those that the same work always takes in this process: what differs there, the machine does.
    """
    with closing(http.client.HTTPConnection(urlsplit(running.url).netloc)) as connection:
        connection.request("GET", "/api/v1/alerts/stream")
        heard, response = _Heard(), connection.getresponse()
        Thread(target=heard.follow, args=(response,), daemon=True).start()
        for number in range(_LAUNCHES):
            time.sleep(_PAUSE / 2)
            alone = _work()
            time.sleep(_PAUSE / 2)
            text = launch(
                ctx_size=1024,
                parallel=1,
                digest=f"{number:012x}" + "0" * 52,
                port=40000 + number,
                started=True,
            )
            began = time.perf_counter()
            append(log, text)
            yield (heard.moment(f"sha256:{number:012x}") - began) * 1000, alone
    assert len(running.firing("context-small")) == _LAUNCHES


def _work() -> float:
    """Do what takes some milliseconds, and return how many."""
    began = time.perf_counter()
    sum(number * number for number in range(_STEPS))
    return (time.perf_counter() - began) * 1000


def _scrape(running: Daemon) -> float:
    took = _took(running, "/metrics")
    assert running.get("/metrics")[1].count("ollama_watch_runner_context_tokens{") == _MODELS
    return took


def _took(running: Daemon, path: str) -> float:
    """Return the milliseconds of a request for a page, our own side of it included."""
    took = []
    for _ in range(_TIMES):
        began = time.perf_counter()
        running.get(path)
        took.append((time.perf_counter() - began) * 1000)
    return median(took)


def _flood(log: Path, running: Daemon) -> float:
    """Return the share of a core (%) while lines come one by one; all of them are counted."""
    series = f'ollama_watch_source_lines_total{{source="{log.name}"}}'
    before, spent, began, written = running.metric(series) or 0.0, _cpu(running), time.perf_counter(), 0
    file = os.open(log, os.O_WRONLY | os.O_APPEND)
    while (passed := time.perf_counter() - began) < _FLOOD:
        while written < passed * _RATE:
            os.write(file, _NOISE)
            written += 1
        time.sleep(0.0005)
    os.close(file)
    until(lambda: running.metric(series) == before + written)
    return (_cpu(running) - spent) / passed * 100


def _share(running: Daemon, seconds: int) -> float:
    before = _cpu(running)
    time.sleep(seconds)
    return (_cpu(running) - before) / seconds * 100


def _cpu(running: Daemon) -> float:
    """Return the seconds of CPU that it has used."""
    tasks = Path(f"/proc/{running.process.pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text(encoding="ascii").split()[0]) for task in tasks) / 1e9


def _wakes(running: Daemon) -> int:
    """Return how often any of its threads has begun to wait for something."""
    tasks = Path(f"/proc/{running.process.pid}/task").iterdir()
    found = ((task / "status").read_text(encoding="ascii") for task in tasks)
    return sum(int(text.partition("\nvoluntary_ctxt_switches:")[2].split()[0]) for text in found)


def _private(running: Daemon) -> float:
    status = Path(f"/proc/{running.process.pid}/status").read_text(encoding="ascii")
    return int(status.split("RssAnon:")[1].split()[0]) / 1024
