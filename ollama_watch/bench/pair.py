"""Two runs that differ in one setting alone, and which of them is the faster one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from ollama_watch.bench.run import Run

_LEAST = 0.01  # share of the faster one's speed; a smaller difference is none


@dataclass(frozen=True, slots=True)
class Pair:
    """One test, measured with two values of a setting, all else the same."""

    run: Run
    against: Run  # with the other value
    other: str  # that value
    held: str = ""  # "batch size 512", where something else is swept, too

    @property
    def change(self) -> float:
        """How much faster than the other: 0.12 is 12 %."""
        return self.run.speed / self.against.speed - 1

    @property
    def loss(self) -> float:
        """The share of its speed that the other lacks."""
        return 1 - self.against.speed / self.run.speed

    @property
    def verdict(self) -> int:
        """1: faster, -1: slower, 0: within the error."""
        difference = self.run.speed - self.against.speed
        least = _LEAST * max(self.run.speed, self.against.speed)
        if abs(difference) <= self.run.error + self.against.error or abs(difference) < least:
            return 0
        return 1 if difference > 0 else -1

    @property
    def test(self) -> str:
        return f"{self.run.test} with {self.held}" if self.held else self.run.test


def merged(runs: Sequence[Run]) -> Run:
    """Return one run for several of the same thing; its error is half of what they differ by, at least."""
    speeds = [run.speed for run in runs]
    error = max((max(speeds) - min(speeds)) / 2, *(run.error for run in runs))
    return replace(runs[-1], speed=fmean(speeds), error=error)
