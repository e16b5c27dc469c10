"""Values that stand in a checkpoint, some of them in many places: each is written once, and when it is new.

Most of a checkpoint is what it was at the last one. So the text of each value is kept until it is seen that
nothing names it any more: a begin costs what it changed, not all that is remembered.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from itertools import count
from operator import attrgetter
from typing import Any

from ollama_watch.app.encoder import Encoder, Writer, as_bytes

_SOME = 16  # rows that may be of no use any more, beside a quarter of all
_PIECES = 16  # a new one is made of so large a part of all; so there are few, however much there is


@dataclass(slots=True, eq=False)
class _Row:
    """One value as it was written; `needs`: the others that it names."""

    value: object  # held, so that its identity is nobody else's
    number: str = ""
    state: tuple[object, ...] = ()  # of one that is not frozen: what it held
    text: str = ""  # with its number
    needs: "list[_Row]" = field(default_factory=list)
    used: int = 0  # the last turn that it was seen to be part of


@dataclass(slots=True)
class _Table:
    """The values of one kind; as a writer it writes each as its number."""

    write: Writer  # of what such a value holds
    state: Callable[[Any], tuple[object, ...]] | None  # reads it, of a kind whose values change
    numbers: Iterator[str]  # the next ones
    open: list[_Row]  # the values that are being written
    rows: dict[int, _Row] = field(default_factory=dict)  # by identity
    pieces: list[bytes] = field(default_factory=list)  # what earlier checkpoints wrote
    fresh: list[str] = field(default_factory=list)  # the texts that are new
    size: int = 0  # how many are in both; some of values that are others by now

    def __call__(self, value: Any) -> str:
        return self.each((value,))[0]

    def each(self, values: Collection[Any]) -> list[str]:
        """Write many at once: nearly all of them are known."""
        known = zip(map(self.rows.get, map(id, values)), values, strict=True)
        if state := self.state:
            rows = [row if row and row.state == state(one) else self._made(one) for row, one in known]
        else:
            rows = [row or self._made(one) for row, one in known]
        self.open[-1].needs += rows
        return [row.number for row in rows]

    def _made(self, value: Any) -> _Row:
        row = _Row(value, next(self.numbers), self.state(value) if self.state else ())
        self.rows[id(value)] = row
        self.open.append(row)
        row.text = f'"{row.number}": {self.write(value)}'
        self.open.pop()
        self.fresh.append(row.text)
        self.size += 1
        return row

    def texts(self) -> list[bytes]:
        """Return all of it in pieces; those that were written before are not made again."""
        head = ", " if self.pieces and self.fresh else ""
        fresh = as_bytes(head + ", ".join(self.fresh))
        if len(self.fresh) <= max(_SOME, self.size // _PIECES):
            return [*self.pieces, fresh]
        self.pieces.append(fresh)
        self.fresh.clear()
        return [*self.pieces]

    def keep(self, turn: int) -> None:
        """Forget the rows that were not seen to be part of the checkpoint in that turn."""
        self.rows = {key: row for key, row in self.rows.items() if row.used == turn}
        self.fresh = [row.text for row in self.rows.values()]
        self.pieces.clear()
        self.size = len(self.rows)


class Shared:
    """Tables of values by number, one table a kind; a kind may hold those before it.

    One that is not frozen may hold only what is: when it holds something else, it is another row.
    """

    def __init__(self, kinds: Sequence[Any], special: Mapping[Any, Writer]) -> None:
        self.special = dict(special)  # with the kinds: each is written as its number
        self._tables: dict[str, _Table] = {}  # by the kind's name
        self._places: dict[str, tuple[int, _Row]] = {}  # what changes in its place, and at which change
        self._open: list[_Row] = [_Row(None)]  # being written; the first one is the checkpoint
        self._turn = 0
        self._few = _SOME  # rows; with more of them some may be of no use
        numbers = map(str, count(1))
        for kind in kinds:
            write = partial(Encoder(self.special).encode, kind)
            table = _Table(write, _state_of(kind), numbers, self._open)
            self.special[kind] = self._tables[kind.__name__] = table

    def begin(self) -> None:
        """Begin a checkpoint: nothing is part of it yet."""
        self._turn += 1
        self._open[0].needs.clear()

    def texts(self) -> Iterator[bytes]:
        """Yield the tables as JSON, now and then without what is no part of this checkpoint."""
        if self._size() > self._few:
            self._sweep()
        for number, (name, table) in enumerate(self._tables.items()):
            yield as_bytes(f'{", " if number else ""}"{name}": {{')
            yield from table.texts()
            yield b"}"

    def text(self, place: str, value: object, changes: int, make: Callable[[], str]) -> str:
        """Return what `make` writes of `value`, made anew where that is another or has changed."""
        known, row = self._places.get(place, (-1, None))
        if row is None or row.value is not value or known != changes:
            row = _Row(value)
            self._places[place] = changes, row
            self._open.append(row)
            row.text = make()
            self._open.pop()
        self._open[-1].needs.append(row)
        return row.text

    def _sweep(self) -> None:
        """Forget what the checkpoint does not name, nor what that names."""
        named = [self._open[0]]
        while named:
            row = named.pop()
            if row.used != self._turn:
                row.used = self._turn
                named += row.needs
        self._places = {place: one for place, one in self._places.items() if one[1].used == self._turn}
        for table in self._tables.values():
            table.keep(self._turn)
        self._few = self._size() + self._size() // 4 + _SOME

    def _size(self) -> int:
        return sum(table.size for table in self._tables.values())


def _state_of(kind: Any) -> Callable[[Any], tuple[object, ...]] | None:
    """Return what reads all that a value holds; None for a kind whose values never change."""
    if kind.__dataclass_params__.frozen:
        return None
    return attrgetter(*(one.name for one in fields(kind)))
