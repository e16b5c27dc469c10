"""What cost is held against: for each axis what is made, at which sizes, and what is run on it.

The cost at size 0 is what the same run takes with nothing to do; it is taken off.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.bench import make_log
from tests.bench.growth.spent import Spent, Watching, check
from tests.support.collector import Collector, Host
from tests.support.daemon import append
from tests.support.logs import START, launch

Run = Callable[[Path, int], Spent]  # a folder that is the axis's own, and the size

_LARGEST = 128  # MB
_DENSE, _PER_FILE = 20, 10  # lines a launch; rules a file
_TURNS, _PAUSE = 100, 0.015  # lines that are written one by one; s between them
_JUDGED = 100  # launches
_RULE = """\
  - id: ours-{n}
    severity: info
    summary: "{{model}} has {{ctx_per_slot}} tokens, ours are {n}"
    about: What number {n} of our rules is for.
    when: {{engine: llama-server}}
    unless: {{its-default: {{ctx_is_default: true, ctx_per_slot: ">= {n}"}}}}
    expect: {{parallel: "<= 64", ctx_per_slot: ">= 1"}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One thing that there may be more of."""

    what: str  # for the table
    unit: str
    sizes: tuple[int, ...]  # each at least twice the one before
    run: Run
    without: Run | None = None  # taken off at each size; None: what `run` costs at size 0


def log_size(folder: Path, size: int) -> Spent:
    """The sizes that count are read by several processes, so the sizes below 16 MiB are another line."""
    log, whole = folder / f"{size}.log", folder / "whole.log"
    if not whole.exists():
        make_log.write(whole, _LARGEST)
    if not log.exists():
        with whole.open("rb") as stream:
            head = stream.read(size * 1_000_000)
        log.write_bytes(head[: head.rfind(b"\n") + 1])
    return check(log)


def launches(folder: Path, size: int) -> Spent:
    log = folder / f"{size}.log"
    if not log.exists():
        _dense(log, size)
    return check(log)


def _dense(log: Path, launches: int) -> None:
    """Write a log that ends with that many launches, each of one of 12 models."""
    lines = make_log.lines(Random(7), _DENSE)  # noqa: S311  # no secret
    with log.open("w", encoding="ascii") as stream:
        while launches:
            line = next(lines)
            stream.write(line + "\n")
            launches -= 'msg="starting' in line


def models(folder: Path, size: int) -> Spent:
    """All of them are in the log from the start, then each is launched once more: nothing is wrong."""
    log = folder / "server.log"
    log.write_text("", encoding="ascii")
    append(log, *START, *(_launched(number, 32768) for number in range(size)))
    with _watching(folder, "--file", log) as running:
        running.until(lambda: running.ready)
        for number in range(size):
            append(log, _launched(number, 32768, again=True))
        append(log, _launched(size, 32768))  # one more tells that it has read them all
        running.until(lambda: f" {size + 1} runner" in running.status)
    return running.spent


def alerts(folder: Path, size: int) -> Spent:
    """Each is of a model of its own, and all fire while some lines come one by one."""
    log = folder / "server.log"
    log.write_text("", encoding="ascii")
    append(log, *START)
    with _watching(folder, "--file", log) as running:
        running.until(lambda: running.ready)
        append(log, *(_launched(number, 1024) for number in range(size)))
        running.until(lambda: running.daemon.said.count("warning context-small") >= size)
        for _ in range(_TURNS):
            append(log, "slot update_slots: id  0 | task 7 | prompt processing progress, n_tokens = 512")
            time.sleep(_PAUSE)
    return running.spent


def _launched(number: int, size: int, *, again: bool = False) -> str:
    digest = f"{number:012x}" + "0" * 52
    return launch(ctx_size=size, parallel=1, digest=digest, port=10000 + 2 * number + again, started=True)


def rules_loaded(folder: Path, size: int) -> Spent:
    log = folder / "nothing.log"
    log.write_text("\n".join(START), encoding="ascii")
    return check("--rules", _rules(folder, size), log)


def rules_judged(folder: Path, size: int) -> Spent:
    log = folder / "launches.log"
    if not log.exists():
        _dense(log, _JUDGED)
    return check("--rules", _rules(folder, size), log)


def _rules(folder: Path, size: int) -> Path:
    """Return a folder with that many rules, some to a file, all of which are kept."""
    rules = folder / f"{size}.d"
    if not rules.exists():
        rules.mkdir()
        for first in range(0, size, _PER_FILE):
            texts = (_RULE.format(n=n + 1) for n in range(first, min(first + _PER_FILE, size)))
            (rules / f"{first:05}.yaml").write_text("rules:\n" + "".join(texts), encoding="ascii")
    return rules


def hosts(folder: Path, size: int) -> Spent:
    """Each has one alert at the start, and launches one more model that has one while it is watched."""
    with tempfile.TemporaryDirectory(dir=folder) as disk, Collector(disk=Path(disk)) as collector:
        fleet = [Host(number) for number in range(size)]
        for host in fleet:
            collector.take(host, [*START, *_launched(0, 1024).split("\n")])
        with _watching(folder, "--journal", collector.folder) as running:
            running.until(lambda: running.ready)
            for host in fleet:
                collector.take(host, _launched(1, 1024).split("\n"))
            running.until(lambda: running.daemon.said.count("warning context-small") >= 2 * size)
    return running.spent


@contextmanager
def _watching(folder: Path, *arguments: str | Path) -> Iterator[Watching]:
    with tempfile.TemporaryDirectory(dir=folder) as own, Watching(Path(own), arguments) as running:
        yield running


AXES: Mapping[str, Axis] = {
    "log": Axis(what="log size, `check`", unit="MB", sizes=(8, 16, 32, 64, _LARGEST), run=log_size),
    "launches": Axis(
        what="launches in a log, `check`", unit="launches", sizes=(250, 500, 1000, 2000, 4000), run=launches
    ),
    "models": Axis(what="models, daemon", unit="models", sizes=(62, 125, 250, 500, 999), run=models),
    "alerts": Axis(
        what="alerts that fire, daemon", unit="alerts", sizes=(62, 125, 250, 500, 1000), run=alerts
    ),
    "rules": Axis(what="rules, loaded", unit="rules", sizes=(250, 500, 1000, 2000, 4000), run=rules_loaded),
    "judged": Axis(
        what=f"rules, {_JUDGED} launches judged",
        unit="rules",
        sizes=(250, 500, 1000, 2000, 4000),
        run=rules_judged,
        without=rules_loaded,
    ),
    "hosts": Axis(
        what="hosts, collected journals, daemon", unit="hosts", sizes=(25, 50, 100, 200, 400), run=hosts
    ),
}
