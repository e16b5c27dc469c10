"""What is read of a journal in one go, by whichever way: texts side by side, to be searched all at once.

A batch is cut into runs: entries of one line each make one block, whose n-th line is the n-th entry. What is
odd (a notice, an entry of many lines) is a run of its own, already read.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, field
from itertools import starmap
from typing import Any, NamedTuple

from ollama_watch.model import Line
from ollama_watch.parse.telling import ALWAYS, sift, telling
from ollama_watch.sources.entries import Kind, Matches
from ollama_watch.sources.pieces import Piece
from ollama_watch.sources.source import BATCH

MUCH = 1 << 20  # bytes at which a batch is full
_MANY = 2000  # bytes of a run from which on it is searched; below, all of its lines are given


class Notice(NamedTuple):
    """What an entry is that is no line of the target's log."""

    kind: Kind
    dropped: int  # lines, as journald says


@dataclass(slots=True)
class Batch:
    """Entries that follow each other; those without a text are left out."""

    texts: list[bytes] = field(default_factory=list)
    times: list[float] = field(default_factory=list)  # s since the epoch, by the clock of who logged it
    cursors: list[str] = field(default_factory=list)
    notices: dict[int, Notice] = field(default_factory=dict)  # by their index
    size: int = 0  # bytes

    @property
    def full(self) -> bool:
        return len(self.texts) >= BATCH or self.size >= MUCH

    def add(self, text: bytes, at: float, cursor: str) -> None:
        if text:
            self.texts.append(text)
            self.times.append(at)
            self.cursors.append(cursor)
            self.size += len(text)

    def take(self, field: Callable[[str], bytes], at: float, cursor: str, matches: Matches) -> None:
        """Add an entry of which it is not known yet what it is; `field`: empty where it has none."""
        text = field("MESSAGE")
        if text and (notice := noticed(field, matches)):
            self.notices[len(self.texts)] = notice
        self.add(text, at, cursor)

    def clear(self) -> None:
        for part in (self.texts, self.times, self.cursors, self.notices):
            part.clear()


def noticed(field: Callable[[str], bytes], matches: Matches) -> Notice | None:
    """Return what an entry is; None: a line of the target's."""
    if (kind := matches.kind(field)) == "line":
        return None
    dropped = field("N_DROPPED") if kind == "dropped" else b""
    return Notice(kind, int(dropped) if dropped.isdigit() else 0)


@dataclass(frozen=True, slots=True)
class Run:
    """Lines of entries that follow each other, each an entry of its own."""

    block: bytes  # each line with a newline
    number: int  # of the first entry
    times: Sequence[float]
    cursors: Sequence[str]

    def line(self, text: bytes, number: int) -> Line:
        at = number - self.number
        return Line(text, number, self.times[at], self.cursors[at])

    def all(self) -> Iterator[Line]:
        texts = self.block[:-1].replace(b"\r\n", b"\n").removesuffix(b"\r").split(b"\n")
        return map(self.line, texts, range(self.number, self.number + len(self.times)))

    def telling(self) -> Iterator[Line]:
        """Yield the lines that `parse` may read anything in; all of them where there are few."""
        if len(self.block) < _MANY:
            return self.all()
        return (self.line(one.text, self.number + one.lines) for one in telling(self.block)[0])


Runs = list[Run | list[Line]]


def packed(runs: Runs) -> list[Any]:
    """Return runs in a shape that can be sent to another process."""
    return [_packed(run) if isinstance(run, Run) else list(map(astuple, run)) for run in runs]


def _packed(run: Run) -> tuple[Any, ...]:
    """Return a run in which most entries bear the cursor of the last."""
    last = run.cursors[-1]
    few = run.cursors.count(last) < len(run.cursors)
    others = {at: one for at, one in enumerate(run.cursors) if one != last} if few else {}
    return run.block, run.number, run.times, last, others


def unpacked(found: Iterable[Any]) -> Runs:
    """Return what was `packed`."""
    return [_unpacked(*one) if isinstance(one, tuple) else list(starmap(Line, one)) for one in found]


def _unpacked(block: bytes, number: int, times: list[float], last: str, others: dict[int, str]) -> Run:
    cursors = [last] * len(times)
    for at, one in others.items():
        cursors[at] = one
    return Run(block, number, times, cursors)


def telling_lines(runs: Runs) -> list[Line]:
    return [line for run in runs for line in (run.telling() if isinstance(run, Run) else run)]


def all_lines(runs: Runs) -> list[Line]:
    return [line for run in runs for line in (run.all() if isinstance(run, Run) else run)]


def piece_of(run: Run | list[Line], needles: Iterable[bytes] = ALWAYS) -> Piece:
    """Return a run as a piece of a log; `needles`: see `parse.telling.sift`."""
    if isinstance(run, Run):
        block, found = run.block, sift(run.block, needles)
        return Piece(len(block), lambda start, end: block[start:end], found, run.line, run.number)
    size = sum(len(line.text) + 1 for line in run)
    return Piece(size, lambda _start, _end: b"", None, lines=run)
