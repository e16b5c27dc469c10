"""The measurement as a picture: cost against size, both on logarithmic scales, so linear is a slope of 1."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from tests.bench.growth.measured import Growth, Measured

_WIDTH, _HEIGHT, _LEFT, _TOP, _GAP = 430, 400, 64, 64, 90  # of a panel, and around it; px
_COLOURS = ("#4269d0", "#b7791f", "#d1495b", "#2a8c82", "#3b7d23", "#a463f2", "#6b5344", "#444b59")
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#333}.title{font-size:15px;font-weight:600}"
    ".small{font-size:12px;fill:#666}.grid{stroke:#e4e4e4}.guide{stroke:#999;stroke-dasharray:5 4}"
)

Cost = Callable[[Measured], list[float]]


def plot(growth: Growth) -> str:
    """Return an SVG of two panels: CPU and memory, each against how often the smallest size is taken."""
    width = 2 * (_LEFT + _WIDTH) + _GAP + 40
    height = _TOP + _HEIGHT + 70 + 20 * ceil(len(growth) / 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}">',
        f'<style>{_STYLE}</style><rect width="100%" height="100%" fill="#fff"/>',
        *_panel(growth, "CPU seconds beyond the start", _seconds, _LEFT),
        *_panel(growth, "private memory beyond the start, MiB", _memory, 2 * _LEFT + _WIDTH + _GAP),
        *_legend(growth),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _seconds(one: Measured) -> list[float]:
    return [point.seconds for point in one.points[1:]]


def _memory(one: Measured) -> list[float]:
    return [point.mib - one.points[0].mib for point in one.points[1:]]


@dataclass(frozen=True, slots=True)
class _Panel:
    """Two scales: powers of ten from `low` to `high`, and from 1 to `most` times the smallest size."""

    left: int  # px from the left of the picture
    low: int
    high: int
    most: float

    def x(self, times: float) -> float:
        return self.left + _WIDTH * log10(times) / log10(self.most)

    def y(self, value: float) -> float:
        return _TOP + _HEIGHT * (self.high - log10(value)) / (self.high - self.low)

    def line(self, kind: str, times: tuple[float, float], values: tuple[float, float]) -> str:
        (x1, x2), (y1, y2) = map(self.x, times), map(self.y, values)
        return f'<line class="{kind}" x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}"/>'


def _panel(growth: Growth, title: str, cost: Cost, left: int) -> Iterator[str]:
    costs = [value for one in growth.values() for value in cost(one) if value > 0]
    most = max(one.points[-1].size / one.points[1].size for one in growth.values())
    panel = _Panel(left, floor(log10(min(costs))), ceil(log10(max(costs))), most)
    yield f'<text class="title" x="{left}" y="{_TOP - 30}">{escape(title)}</text>'
    yield from _grid(panel)
    for colour, one in zip(_COLOURS, growth.values(), strict=False):
        times = [point.size / one.points[1].size for point in one.points[1:]]
        known = [(n, value) for n, value in zip(times, cost(one), strict=True) if value > 0]
        spots = [f"{panel.x(n):.1f},{panel.y(value):.1f}" for n, value in known]
        yield f'<polyline points="{" ".join(spots)}" fill="none" stroke="{colour}" stroke-width="2"/>'
        for across, down in (spot.split(",") for spot in spots):
            yield f'<circle cx="{across}" cy="{down}" r="3.5" fill="{colour}"/>'


def _grid(panel: _Panel) -> Iterator[str]:
    """Yield the lines of both scales, and dashed ones of slope 1 as long as they are inside."""
    bottom, top = 10.0**panel.low, 10.0**panel.high
    for value in (10.0**power for power in range(panel.low, panel.high + 1)):
        yield panel.line("grid", (1, panel.most), (value, value))
        yield _text(panel.left - 8, panel.y(value) + 4, f"{value:g}", "end")
        end = min(panel.most, top / value)
        yield panel.line("guide", (1, end), (value, end * value))
    for times in (2**n for n in range(20) if 2**n <= panel.most):
        yield panel.line("grid", (times, times), (bottom, top))
        text = "smallest" if times == 1 else f"× {times}"
        yield _text(panel.x(times), _TOP + _HEIGHT + 18, text, "middle")


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text class="small" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _legend(growth: Growth) -> Iterator[str]:
    for number, (colour, one) in enumerate(zip(_COLOURS, growth.values(), strict=False)):
        left, top = _LEFT + number % 2 * (_LEFT + _WIDTH + _GAP), _TOP + _HEIGHT + 50 + 20 * (number // 2)
        sizes = f"{one.points[1].size:,} to {one.points[-1].size:,} {one.axis.unit}"
        text = f"{one.axis.what.replace('`', '')}, {sizes}"
        yield f'<rect x="{left}" y="{top - 9}" width="14" height="4" fill="{colour}"/>'
        yield f'<text x="{left + 22}" y="{top}">{escape(text)}</text>'
    yield _text(_LEFT, _TOP - 12, "dashed: linear")
