"""How an axis was measured, and how steep it is: the exponent k of cost = size ** k, 1 where it is linear."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from statistics import linear_regression, median

from tests.bench.growth.axes import Axis

REPEATS = 3  # one after the other, each over all sizes
_LEAST = 0.001  # s or MiB; nothing costs less, for its logarithm


@dataclass(frozen=True, slots=True)
class Point:
    """One size of one axis, the median of the repeats. `size` 0: what is taken off."""

    axis: str
    size: int
    seconds: float  # of CPU, beyond what the same run takes with nothing to do
    mib: float  # of private memory, the most at a time


@dataclass(frozen=True, slots=True)
class Measured:
    """One axis: its points in the order of their sizes, and its exponents."""

    axis: Axis
    points: tuple[Point, ...]
    steepness: float  # of CPU seconds over the last three sizes, the median of the repeats

    @property
    def memory_steepness(self) -> float:
        """Return the exponent of what the last two sizes take beyond size 0."""
        base, *_, last, largest = self.points
        mibs = [one.mib - base.mib for one in (last, largest)]
        return _exponent([last.size, largest.size], mibs)

    @property
    def grows(self) -> float:
        """Return the MiB between the least and the most."""
        return self.points[-1].mib - self.points[0].mib


def measure(name: str, axis: Axis, folder: Path) -> Measured:
    """Run an axis at all its sizes, as often as it takes; `folder`: an empty one."""
    rounds = [{size: axis.run(folder, size) for size in (0, *axis.sizes)} for _ in range(REPEATS)]
    start = median(one[0].seconds for one in rounds)
    less = {size: _without(axis, folder, size, start) for size in axis.sizes} | {0: 0.0}
    points = [
        Point(
            axis=name,
            size=size,
            seconds=median(one[size].seconds for one in rounds) - less[size],
            mib=median(one[size].mib for one in rounds),
        )
        for size in (0, *axis.sizes)
    ]
    steep = axis.sizes[-3:]
    exponents = [_exponent(steep, [one[size].seconds - less[size] for size in steep]) for one in rounds]
    return Measured(axis, tuple(points), median(exponents))


def read(axis: Axis, points: Sequence[Point]) -> Measured:
    """Return an axis as it was kept: the exponent is of the medians then."""
    steep = [one for one in points if one.size in axis.sizes[-3:]]
    exponent = _exponent([one.size for one in steep], [one.seconds for one in steep])
    return Measured(axis, tuple(points), exponent)


def _without(axis: Axis, folder: Path, size: int, start: float) -> float:
    """Return the CPU seconds that are taken off at a size."""
    if axis.without is None:
        return start
    return median(axis.without(folder, size).seconds for _ in range(REPEATS))


def _exponent(sizes: Sequence[int], costs: Sequence[float]) -> float:
    logs = [log(max(cost, _LEAST)) for cost in costs]
    return linear_regression([log(size) for size in sizes], logs).slope


Growth = Mapping[str, Measured]
