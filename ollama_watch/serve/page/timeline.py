"""The context of a model from launch to launch: a drawing, and the same in words and as a table.

Places along the time are per cent, so that the drawing is as wide as there is room while its lines and
points keep their size.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby, pairwise
from math import log2
from typing import Any, NamedTuple

from ollama_watch.serve.page.parts import folded, table
from ollama_watch.serve.page.words import number, when

_HEIGHT, _FLAT, _EDGE = 104, 44, 14  # px; flat: of a value that never changed
_LEFT, _RIGHT = 1.5, 90.0  # % of the first and the last launch; what is right of it goes on
_APART = 15  # px between labels
_RUNS = 6  # told in words

Context = Mapping[str, Any]  # at, ctx_per_slot, is_default


class Point(NamedTuple):
    """One launch on the drawing."""

    x: float  # %
    y: float  # px
    context: Context


def timeline(contexts: Sequence[Context], wanted: int | None, key: str) -> str:
    """Return the figure; `wanted` is in tokens. One launch alone is no history."""
    if len(contexts) < 2:  # noqa: PLR2004  # one is no line
        return '<p class="faint">One launch so far: no history yet.</p>' if contexts else ""
    heights = _heights([one["ctx_per_slot"] for one in contexts], wanted)
    points = [
        Point(x, heights[one["ctx_per_slot"]], one)
        for x, one in zip(_places(contexts), contexts, strict=True)
    ]
    drawing = "".join((*_grid(heights, wanted), *_steps(points), *map(_dot, points)))
    told = f'<title id="{key}-told">{_told(contexts, wanted)}</title>'
    height = _HEIGHT if len(heights) > 1 else _FLAT
    image = f'class="plot" height="{height}" role="img" aria-labelledby="{key}-told"'
    plot = f"<svg {image}>{told}{drawing}</svg>"
    ends = f"<span>{when(contexts[0]['at'])}</span><span>{when(contexts[-1]['at'])}</span>"
    launches = number(len(contexts), "launch", "launches")
    return (
        f'<figure class="timeline">{_scale(heights, height)}{plot}<div class="ends">{ends}</div>'
        f"<figcaption>{_legend(contexts, wanted)}</figcaption></figure>"
        f"{folded(f'{key}-table', launches, _rows(contexts), f'{key}-title')}"
    )


def _heights(values: Sequence[int], wanted: int | None) -> dict[int, float]:
    """Return the height of each value (px from the top): a doubling is the same everywhere."""
    powers = {value: log2(max(value, 1)) for value in (*values, *([wanted] if wanted else []))}
    low, high = min(powers.values()), max(powers.values())
    if low == high:
        return dict.fromkeys(powers, _FLAT / 2)
    room = (_HEIGHT - 2 * _EDGE) / (high - low)  # px a doubling
    return {value: round(_EDGE + room * (high - power), 1) for value, power in powers.items()}


def _places(contexts: Sequence[Context]) -> list[float]:
    """Return where each launch is along the time (%), or one after the other where times are of no use."""
    moments = [datetime.fromisoformat(one["at"]).timestamp() if one["at"] else None for one in contexts]
    known = [one for one in moments if one is not None]
    span = known[-1] - known[0] if len(known) == len(moments) else 0.0
    if span <= 0 or known != sorted(known):
        known, span = list(map(float, range(len(moments)))), len(moments) - 1.0
    return [round(_LEFT + (_RIGHT - _LEFT) * (one - known[0]) / span, 2) for one in known]


def _grid(heights: Mapping[int, float], wanted: int | None) -> Iterator[str]:
    for value in _labelled(heights):
        kind = "wanted" if value == wanted else "grid"
        yield f'<line class="{kind}" x1="0" x2="100%" y1="{heights[value]}" y2="{heights[value]}"/>'


def _steps(points: Sequence[Point]) -> Iterator[str]:
    for one, following in pairwise(points):
        yield _step(one.x, following.x, one.y, one.y)
        if one.y != following.y:
            yield _step(following.x, following.x, one.y, following.y)
    last = points[-1]
    yield _step(last.x, 100, last.y, last.y)


def _step(left: float, right: float, top: float, bottom: float) -> str:
    return f'<line class="step" x1="{left}%" x2="{right}%" y1="{top}" y2="{bottom}"/>'


def _dot(point: Point) -> str:
    kind = "point default" if point.context["is_default"] else "point"
    return f'<circle class="{kind}" cx="{point.x}%" cy="{point.y}" r="4"/>'


def _scale(heights: Mapping[int, float], height: int) -> str:
    labels = "".join(
        f'<text x="100%" y="{heights[value] + 4:g}" text-anchor="end">{value}</text>'
        for value in _labelled(heights)
    )
    return f'<svg class="scale" height="{height}" aria-hidden="true">{labels}</svg>'


def _labelled(heights: Mapping[int, float]) -> list[int]:
    """Return the values that have room for a label, the largest first."""
    found: list[int] = []
    for value in sorted(heights, reverse=True):
        if not found or heights[value] - heights[found[-1]] >= _APART:
            found.append(value)
    return found


def _legend(contexts: Sequence[Context], wanted: int | None) -> str:
    mixed = len({one["is_default"] for one in contexts}) > 1
    parts = ["○ Ollama's default"] if any(one["is_default"] for one in contexts) else []
    parts += ["● any other"] if mixed else []
    parts += [f"┄ wanted: {wanted}"] if wanted else []
    return "".join(f"<span>{part}</span>" for part in parts)


def _told(contexts: Sequence[Context], wanted: int | None) -> str:
    """Return the drawing in words: each value, and for how many launches it stayed."""
    runs = [(value, len(list(same))) for value, same in groupby(one["ctx_per_slot"] for one in contexts)]
    told = ", then ".join(
        f"{value} for {number(count, 'launch', 'launches')}" for value, count in runs[-_RUNS:]
    )
    before = f"after {number(len(runs) - _RUNS, 'earlier value')}, " if len(runs) > _RUNS else ""
    return f"Context of a request: {before}{told}. {f'Wanted: {wanted}.' if wanted else 'Nothing is wanted.'}"


def _rows(contexts: Sequence[Context]) -> str:
    rows = [
        (when(one["at"]), str(one["ctx_per_slot"]), "yes" if one["is_default"] else "no")
        for one in reversed(contexts)
    ]
    return table(
        "Launches that are remembered, the newest first", ("launched", "tokens", "Ollama's default"), rows
    )
