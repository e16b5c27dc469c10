"""Runners that run now, held against what a log tells of their launch.

They are matched by port and weights. From 0.11.5 to 0.24 a command line holds little else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from ollama_watch.app.check import Log, read_log
from ollama_watch.app.reading import Reading
from ollama_watch.app.skimming import Lines
from ollama_watch.errors import UserError
from ollama_watch.model import Facts, Value
from ollama_watch.parse.argv import Args, digest
from ollama_watch.state.record import Record
from ollama_watch.state.updates import Reported
from ollama_watch.verify.judge import shown

_NOT_COMPARED = ("model", "port", "hf", "other", "cut")
_BLOBS = ("lora", "mmproj")  # paths
_SHORT = 12  # hex digits of a digest


@dataclass(frozen=True, slots=True)
class Life:
    """What a log tells of the last server that launched something."""

    log: str
    launches: tuple[Record, ...] = ()
    trouble: str = ""  # why it could not be read


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of it."""

    reported: tuple[Reported, ...] = ()
    remarks: tuple[str, ...] = ()


def last_life(lines: Lines, name: str) -> Life:
    """Read a log to its end; raises UserError if it cannot be read."""
    log = Log(name)
    read_log(lines, Reading(name), log)
    last = max((one.server.number for one in log.records.values()), default=0)
    return Life(name, tuple(one for one in log.records.values() if one.server.number == last))


def last_life_if_readable(lines: Lines, name: str) -> Life:
    try:
        return last_life(lines, name)
    except UserError as error:
        return Life(name, trouble=error.message)


def compare(running: Iterable[Record], lives: Iterable[Life], now: float) -> Compared:
    """Return a report for each runner whose arguments are not those of its launch, and what was done.

    `lives` are read only if there is a runner to compare. One that several logs tell of differs only if it
    does from each.
    """
    runners = [one for one in running if one.digest and one.args.port]
    known = list(lives) if runners else []
    reported, silent, missing, alike = [], [], [], 0
    for runner in runners:
        told = [(life, launch) for life in known if (launch := _launch(runner, life))]
        differing = [(differences(runner.args, launch.args), life, launch) for life, launch in told]
        if not told:
            missing.append(runner)
        elif all(found for found, _, _ in differing):
            reported.append(_report(runner, now, *differing[-1]))
        elif not any(stated_by_both(runner.args, launch.args) for _, launch in told):
            silent.append(runner)
        else:
            alike += 1
    parts = [
        f"{alike} as logged" if alike else "",
        f"{len(reported)} with other arguments" if reported else "",
        f"of {_pids(silent)} only model and port are on the command line" if silent else "",
        f"no launch of {_pids(missing)} in it" if missing else "",
    ]
    return Compared(tuple(reported), tuple(_remarks(known, ", ".join(part for part in parts if part))))


def differences(running: Args, logged: Args) -> tuple[str, ...]:
    """Return each argument that is another one, in words; of a damaged line only those that it states."""
    found = []
    for name in _names():
        here, there = _value(running, name), _value(logged, name)
        if here != there and not (logged.cut and (there is None or name in _BLOBS)):
            found.append(f"{name} {_shown(here)} (logged: {_shown(there)})")
    return tuple(found)


def stated_by_both(running: Args, logged: Args) -> bool:
    """Tell whether there is anything to compare."""
    return any(getattr(running, name) is not None and getattr(logged, name) is not None for name in _names())


def _names() -> tuple[str, ...]:
    return tuple(one.name for one in fields(Args) if one.name not in _NOT_COMPARED)


def _value(args: Args, name: str) -> Value:
    """Return an argument; of a path the blob at its end: a log's paths may hold blanks and break."""
    stated = getattr(args, name)
    if stated is None or name not in _BLOBS:
        return stated  # type: ignore[no-any-return]  # by name
    paths = (stated,) if isinstance(stated, str) else stated
    return tuple((digest(path) or "")[:_SHORT] for path in paths)


def _shown(value: Value) -> str:
    return "not stated" if value is None else shown(value)


def _launch(runner: Record, life: Life) -> Record | None:
    """Return the last launch of these weights at this port."""
    for one in reversed(life.launches):
        if one.digest == runner.digest and one.args.port == runner.args.port:
            return one
    return None


def _report(runner: Record, now: float, found: tuple[str, ...], life: Life, launch: Record) -> Reported:
    told: Facts = {"pid": runner.line, "differs": ", ".join(found), "log": life.log, "log_line": launch.line}
    return Reported("runner_differs", now, runner.line, "", runner, fields=told)


def _remarks(lives: Sequence[Life], text: str) -> Iterable[str]:
    for life in lives:
        if life.trouble:
            yield f"not compared with {life.log}: {life.trouble}" if life.log else life.trouble
    if names := ", ".join(life.log for life in lives if not life.trouble):
        yield f"compared with {names}: {text}"


def _pids(runners: Sequence[Record]) -> str:
    return f"pid {', '.join(str(one.line) for one in runners)}"
