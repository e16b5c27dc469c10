"""Judging launches without a log: the command lines of the runners that run now."""

from collections.abc import Iterable
from pathlib import Path

from ollama_watch.app.alive import NAME, records
from ollama_watch.app.check import Report, check_records
from ollama_watch.app.comparing import Life, compare
from ollama_watch.app.judging import Judging
from ollama_watch.app.orphans import orphan
from ollama_watch.model import Facts
from ollama_watch.sources.processes import PROC, Process
from ollama_watch.state.record import Record
from ollama_watch.state.updates import Reported

_GIB = 1 << 30  # bytes


def check_running(
    found: Iterable[Process],
    now: float,
    judging: Judging,
    report: Report,
    lives: Iterable[Life] = (),
    proc: Path = PROC,
) -> None:
    """Judge the runners among the processes that were found at `now` (s since the epoch).

    They are held against the `lives` that logs tell of, and those that no server is behind are named.
    """
    seen = {process.pid: process for process in found}
    runners = list(records(seen.values(), now))
    compared = compare(runners, lives, now)
    left = [told for one in runners if (told := _left(one, seen[one.line], now, proc))]
    check_records(runners, NAME, judging, report, [*left, *compared.reported], compared.remarks)


def _left(runner: Record, process: Process, now: float, proc: Path) -> Reported | None:
    """Return the report of a runner that no server is behind."""
    found = orphan(process, proc)
    if found is None:
        return None
    told: Facts = {"pid": found.pid, "memory": _size(found.memory)}
    return Reported("runner_orphaned", now, runner.line, "", runner, fields=told)


def _size(memory: int) -> str:
    return f"{memory / _GIB:.1f} GiB" if memory >= _GIB else f"{memory / 2**20:.0f} MiB"
