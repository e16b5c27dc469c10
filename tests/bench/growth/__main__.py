"""Draw the plot, and write the table, from the numbers that were kept: `python -m tests.bench.growth`."""

from tests.bench.growth.axes import AXES
from tests.bench.growth.kept import keep, points
from tests.bench.growth.measured import read

if __name__ == "__main__":
    known = list(points())
    keep({name: read(axis, [one for one in known if one.axis == name]) for name, axis in AXES.items()})
