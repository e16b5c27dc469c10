"""The journal: what stands there beside journalctl | grep, a daemon's start on it, and how late news come."""

import http.client
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from threading import Thread
from typing import IO
from urllib.parse import urlsplit

import pytest

from tests.bench.check import _ANCHORS
from tests.bench.figure import Figure, Size, compared, seconds
from tests.bench.live import _Heard
from tests.bench.make_journal import seen_by, write
from tests.bench.ready import seconds_to_ready
from tests.support.daemon import Daemon, daemon
from tests.support.journald import Journald
from tests.support.logs import START, launch
from tests.support.service import Service
from tests.support.wait import until

_ENTRIES, _FEW = 500_000, 2000
_OTHERS = 14  # megabytes of other units for each megabyte that is asked for: 4 GiB for 300
_TIMES, _LAUNCHES, _PAUSE = 5, 40, 0.3  # s between launches: journald has told of the one before
_OURS = (sys.executable, "-m", "ollama_watch", "check", "--format", "json", "--journal", "ollama")
_READER = (sys.executable, str(Path(__file__).with_name("bare_reader.py")))
_ARGUMENTS = ("--journal", "ollama", "--sink", "log")


def figures(size: Size) -> Iterator[Figure]:
    """Yield what reading a journal costs: what stands in it, and what comes."""
    for part in (_history, _beside_others, _latency):
        try:
            yield from part(size)
        except pytest.skip.Exception as why:
            print(f"skipped: {why}")  # noqa: T201


def _history(size: Size) -> Iterator[Figure]:
    folder, anchors = size.folder / "journal", size.folder / "anchors"
    anchors.write_text("\n".join(_ANCHORS) + "\n", encoding="ascii")
    write(folder, _ENTRIES)
    inside = seen_by(folder)
    theirs = f"{shlex.join(inside)} journalctl -u ollama -o cat | grep -cFf {anchors}"
    what = f"{_ENTRIES:,} entries: beside journalctl | grep"
    yield from compared(what, theirs, (*inside, *_OURS), 1.0)
    turns = [(seconds(theirs), seconds_to_ready(_ARGUMENTS, inside)) for _ in range(_TIMES)]
    times, took = median(a / b for a, b in turns), median(b for _, b in turns)
    yield Figure(what="the same by the daemon, from start to ready", value=times, unit="×", bound=1.0)
    yield Figure(what="    (the same by the daemon)", value=took, unit="s")


def _beside_others(size: Size) -> Iterator[Figure]:
    megabytes = _OTHERS * size.megabytes
    for folder, others in ((size.folder / "few", 0), (size.folder / "many", megabytes)):
        write(folder, _FEW, megabytes=others)
        took = median(seconds_to_ready(_ARGUMENTS, seen_by(folder)) for _ in range(_TIMES))
        what = f"{_FEW} entries beside {others / 1024:.1f} GiB of other units: from start to ready"
        yield Figure(what=what, value=took, unit="s", bound=1.0, at_least=False)


def _latency(_: Size) -> Iterator[Figure]:
    with Journald() as journald:
        journald.log(*(line.encode() for text in START for line in text.split("\n")))
        with daemon(_ARGUMENTS, prefix=journald.command([])) as running, _reader(journald) as told:
            until(lambda: running.get("/-/ready")[0] == 200)
            service = Service(journald.path("/run/systemd/journal"), "ollama.service", "ollama")
            with closing(service):
                took = list(_latencies(service, running, told))
    theirs, ours = (sorted(one) for one in zip(*took, strict=True))
    later = sorted(b - a for a, b in took)
    yield Figure(what="write to a bare reader, half", value=median(theirs), unit="ms")
    yield Figure(what="write to alert, half", value=median(ours), unit="ms")
    yield Figure(what="alert after that, half", value=median(later), unit="ms", bound=5, at_least=False)
    yield Figure(what="alert after that, most", value=later[-1], unit="ms")


@contextmanager
def _reader(journald: Journald) -> Iterator[IO[bytes]]:
    process = journald.popen(_READER, stdout=subprocess.PIPE)
    try:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        yield process.stdout
    finally:
        process.kill()
        process.communicate()


def _latencies(service: Service, running: Daemon, told: IO[bytes]) -> Iterator[tuple[float, float]]:
    """Yield milliseconds from the write of a launch to a bare reader, and to its alert in the stream."""
    with closing(http.client.HTTPConnection(urlsplit(running.url).netloc)) as connection:
        connection.request("GET", "/api/v1/alerts/stream")
        heard, response = _Heard(), connection.getresponse()
        Thread(target=heard.follow, args=(response,), daemon=True).start()
        for number in range(_LAUNCHES):
            time.sleep(_PAUSE + number % 10 * 0.02)  # not in step with what journald does
            digest = f"{number:012x}" + "0" * 52
            text = launch(ctx_size=1024, parallel=1, digest=digest, port=40000 + number, started=True)
            began = time.perf_counter()
            service.print(text.encode() + b"\n")
            seen = next(_moment(line) for line in told if digest.encode() in line)
            yield (seen - began) * 1000, (heard.moment(f"sha256:{number:012x}") - began) * 1000


def _moment(line: bytes) -> float:
    return float(line.partition(b" ")[0])
