"""The bar: only on a terminal, only for what takes long, and gone at the end."""

import io
import itertools

import pytest

from ollama_watch.cli.progress import watched, watched_pieces
from ollama_watch.model import Line
from ollama_watch.sources.pieces import Piece

LINES = [Line(b"x" * 99_999, number, 0.0) for number in range(1, 101)]  # 10 MB


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_not_on_a_pipe() -> None:
    stream = io.StringIO()

    assert list(watched(LINES, "server.log", 10_000_000, stream)) == LINES
    assert stream.getvalue() == ""


def test_not_for_quick_work() -> None:
    stream = _Terminal()

    assert list(watched(LINES, "server.log", 10_000_000, stream, lambda: 7.0)) == LINES
    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    ("total", "drawn"),
    [
        (10_000_000, "reading server.log  [===============               ]  51% of 10 MB"),
        (None, "reading server.log  5 MB"),
        (1000, "reading server.log  5 MB"),
    ],
)
def test_on_a_terminal_after_a_while(total: int | None, drawn: str) -> None:
    """A look at the clock takes 0.06 s here: the first bar comes after a second, and none is left."""
    stream = _Terminal()
    clock = itertools.count(0, 0.06)

    assert list(watched(LINES, "server.log", total, stream, lambda: next(clock))) == LINES
    frames = stream.getvalue().split("\r\x1b[K")
    assert drawn in frames
    assert frames[-1] == ""


def test_pieces_count_by_their_length() -> None:
    pieces = [Piece(1_000_000, lambda start, end: b"", None) for _ in range(10)]
    stream = _Terminal()
    clock = itertools.count(0, 0.6)

    assert list(watched_pieces(pieces, "server.log", 10_000_000, stream, lambda: next(clock))) == pieces
    frames = stream.getvalue().split("\r\x1b[K")
    assert frames[1] == "reading server.log  [======                        ]  20% of 10 MB"
    assert len(frames) == 11  # nothing before, a bar for each from the second on, nothing left
    assert frames[-1] == ""


def test_it_is_gone_when_reading_fails() -> None:
    def torn() -> "itertools.chain[Line]":
        return itertools.chain(LINES, (Line(b"", 1 // zero, 0.0) for zero in (0,)))

    stream = _Terminal()
    clock = itertools.count(0, 0.5)
    with pytest.raises(ZeroDivisionError):
        list(watched(torn(), "server.log", None, stream, lambda: next(clock)))

    assert stream.getvalue().endswith("\r\x1b[K")
