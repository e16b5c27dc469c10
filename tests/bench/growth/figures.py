"""Each axis beside its bound: what grows worse than linear is a defect."""

from collections.abc import Iterator

import pytest

from tests.bench.figure import Figure, Size
from tests.bench.growth.axes import AXES
from tests.bench.growth.kept import keep
from tests.bench.growth.measured import Measured, measure

_MOST = 1.1  # exponent: a little above 1 for caches that are too small and for the machine
_MUCH = 8.0  # MiB; how less than that grows is nobody's concern


def figures(size: Size) -> Iterator[Figure]:
    """Yield how steep each axis is; `size.keep`: keep the numbers, the plot and the table too."""
    growth = {}
    for name, axis in AXES.items():
        folder = size.folder / f"growth-{name}"
        folder.mkdir()
        try:
            growth[name] = measure(name, axis, folder)
        except pytest.skip.Exception as lacking:  # of a server that the tests skip for want of, too
            print(f"skipped: {axis.what}: {lacking}")  # noqa: T201
        else:
            yield from _judged(growth[name])
    if size.keep and len(growth) == len(AXES):
        keep(growth)


def _judged(one: Measured) -> Iterator[Figure]:
    largest = one.points[-1]
    what = f"{one.axis.what}: {largest.size:,} {one.axis.unit}"
    yield Figure(what=what, value=largest.seconds, unit="CPU s")
    yield Figure(what="    exponent of CPU", value=one.steepness, unit="", bound=_MOST, at_least=False)
    yield Figure(what="    private memory", value=largest.mib, unit="MiB")
    if one.grows > _MUCH:
        steep = one.memory_steepness
        yield Figure(what="    exponent of memory", value=steep, unit="", bound=_MOST, at_least=False)
