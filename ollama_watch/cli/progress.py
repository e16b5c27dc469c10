"""A bar on a terminal for reading that takes longer than anybody likes to wait in silence."""

import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TextIO, TypeVar

from ollama_watch.model import Line
from ollama_watch.sources.pieces import Piece

Item = TypeVar("Item")
_PATIENCE = 1.0  # s without a bar
_REDRAW = 0.1  # s
_STEP = 1 << 18  # bytes between two looks at the clock
_BAR = 30  # columns


def watched(
    lines: Iterable[Line],
    name: str,
    total: int | None,
    stream: TextIO,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Line]:
    """Yield `lines` and draw on `stream` how far they are of `total` bytes (None: unknown).

    Draws nothing where `stream` is no terminal, and leaves nothing behind.
    """
    return _watched(lines, lambda line: len(line.text) + 1, partial(_drawn, name, total=total), stream, clock)


def watched_pieces(
    pieces: Iterable[Piece],
    name: str,
    total: int | None,
    stream: TextIO,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Piece]:
    """Yield `pieces` and draw the same."""
    return _watched(pieces, lambda piece: piece.length, partial(_drawn, name, total=total), stream, clock)


def _watched(
    items: Iterable[Item],
    size: Callable[[Item], int],
    drawn_at: Callable[[int], str],
    stream: TextIO,
    clock: Callable[[], float],
) -> Iterator[Item]:
    if not stream.isatty():
        yield from items
        return
    done, look, due = 0, _STEP, clock() + _PATIENCE
    drawn = False
    try:
        for item in items:
            yield item
            done += size(item)
            if done >= look:
                look = done + _STEP
                if (now := clock()) >= due:
                    due, drawn = now + _REDRAW, True
                    stream.write(f"\r\x1b[K{drawn_at(done)}")
                    stream.flush()
    finally:
        if drawn:
            stream.write("\r\x1b[K")
            stream.flush()


def _drawn(name: str, done: int, total: int | None) -> str:
    """Return the bar; an unpacked or growing file may be longer than `total`, then only what was read."""
    if not total or done > total:
        return f"reading {name}  {done / 1e6:,.0f} MB"
    share = done / total
    full = int(share * _BAR)
    return f"reading {name}  [{'=' * full}{' ' * (_BAR - full)}] {share:4.0%} of {total / 1e6:,.0f} MB"
