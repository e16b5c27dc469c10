"""What is kept of a measurement: the numbers, the plot made of them, and the table in the README."""

import csv
from collections.abc import Iterator
from pathlib import Path

from tests.bench.growth.measured import Growth, Measured, Point
from tests.bench.growth.plot import plot

_FOLDER = Path(__file__).parents[1]
_DATA, _PLOT, _PAGE = (_FOLDER / name for name in ("growth.csv", "growth.svg", "README.md"))
_BEGIN, _END = "<!-- growth -->\n", "<!-- end of growth -->\n"
_HEAD = "| | Sizes | CPU s | k | MiB | k |\n|---|---|---|--:|---|--:|\n"


def keep(growth: Growth) -> None:
    """Write all three."""
    with _DATA.open("w", encoding="ascii", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(("axis", "size", "seconds", "mib"))
        for point in (point for one in growth.values() for point in one.points):
            rows.writerow((point.axis, point.size, f"{point.seconds:.3f}", f"{point.mib:.1f}"))
    _PLOT.write_text(plot(growth), encoding="utf-8")
    before, _, rest = _PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    table = _HEAD + "".join(f"{_row(one)}\n" for one in growth.values())
    _PAGE.write_text(f"{before}{_BEGIN}{table}{_END}{after}", encoding="utf-8")


def points() -> Iterator[Point]:
    """Yield what was kept last."""
    with _DATA.open(encoding="ascii", newline="") as stream:
        for row in csv.DictReader(stream):
            yield Point(row["axis"], int(row["size"]), float(row["seconds"]), float(row["mib"]))


def _row(one: Measured) -> str:
    base, *points = one.points
    sizes = ", ".join(f"{point.size:,}" for point in points)
    seconds = ", ".join(f"{point.seconds:.2f}" for point in points)
    memory = ", ".join(f"{point.mib:.0f}" for point in (base, *points))
    unit = one.axis.unit
    slopes = f"{one.steepness:.2f} | {memory} | {one.memory_steepness:.2f}"
    return f"| {one.axis.what} | {sizes} {unit} | {seconds} | {slopes} |"
