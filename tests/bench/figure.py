"""One measured number beside its bound, and how two commands are measured side by side."""

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

Command = Sequence[str | Path] | str

_NOISE = 0.1  # of the bound: what this kind of machine differs by from run to run
_TIMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What came out. `bound` None: only told, nothing is promised."""

    what: str
    value: float
    unit: str
    bound: float | None = None
    at_least: bool = True  # else at most
    stall: float = 0.0  # of the value, at the most, what the machine itself takes, measured in the same run

    @property
    def missed(self) -> bool:
        if self.bound is None:
            return False
        if self.at_least:
            return self.value < self.bound * (1 - _NOISE)
        return self.value - self.stall > self.bound * (1 + _NOISE)

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        bound = "" if self.bound is None else f"{sign} {self.bound:g} {self.unit}"
        return f"{self.what:62} {self.value:9.3f} {self.unit:6} {bound:14} {'MISSED' if self.missed else ''}"


@dataclass(frozen=True, slots=True)
class Size:
    """How large a run is asked for."""

    megabytes: int
    folder: Path  # for what is made; removed at the end
    keep: bool = False  # keep the numbers beside the code, where a bench has a file for them


def seconds(command: Command) -> float:
    """Return how long a command takes, with its start; a text is for the shell.

    Its output is read: grep stops at the first line where nobody wants it.
    """
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    start = time.perf_counter()
    subprocess.run(
        command, shell=isinstance(command, str), stdout=subprocess.PIPE, env=environment, check=False
    )
    return time.perf_counter() - start


def ratio(theirs: Command, ours: Command) -> tuple[float, float]:
    """Return the median of theirs / ours in seconds over five turns, one after the other, and of ours."""
    turns = [(seconds(theirs), seconds(ours)) for _ in range(_TIMES)]
    return median(a / b for a, b in turns), median(b for _, b in turns)


def compared(what: str, theirs: Command, ours: Command, bound: float | None) -> Iterator[Figure]:
    """Yield how many times as fast as theirs ours is."""
    times, took = ratio(theirs, ours)
    yield Figure(what=what, value=times, unit="×", bound=bound)
    yield Figure(what=f"    ({what.partition(':')[0]}: ours)", value=took, unit="s")
