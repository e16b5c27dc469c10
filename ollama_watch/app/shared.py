"""Values that stand in a checkpoint, some of them in many places: each is written once, and when it is new.

Most of a checkpoint is what it was at the last one. So the text of each value is kept until it is seen that
nothing names it any more: a begin costs what it changed, not all that is remembered.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any

from ollama_watch.app.encoder import Encoder, Writer

_SOME = 16  # rows that may be of no use any more, beside a quarter of all


@dataclass(slots=True, eq=False)
class _Row:
    """One value as it was written; `needs`: the others that it names."""

    value: object  # held, so that its identity is nobody else's
    number: str = ""
    state: tuple[object, ...] = ()  # of one that is not frozen: what it held
    text: str = ""  # with its number
    needs: "list[_Row]" = field(default_factory=list)
    used: int = 0  # the last turn that it was seen to be part of


class Shared:
    """Tables of values by number, one table a kind; a kind may hold those before it.

    One that is not frozen may hold only what is: when it holds something else, it is another row.
    """

    def __init__(self, kinds: Sequence[Any], special: Mapping[Any, Writer]) -> None:
        self.special = dict(special)  # with the kinds: each is written as its number
        self._tables: dict[str, dict[int, _Row]] = {}  # by the kind's name; rows by identity
        self._places: dict[str, tuple[int, _Row]] = {}  # what changes in its place, and at which change
        self._open: list[_Row] = [_Row(None)]  # being written; the first one is the checkpoint
        self._turn = 0
        self._count = 0
        self._few = _SOME  # rows; with more of them some may be of no use
        for kind in kinds:
            table = self._tables[kind.__name__] = {}
            self.special[kind] = self._numbered(kind, table, Encoder(self.special))

    def begin(self) -> None:
        """Begin a checkpoint: nothing is part of it yet."""
        self._turn += 1
        self._open[0].needs.clear()

    def texts(self) -> Iterator[str]:
        """Yield the tables as JSON, now and then without what is no part of this checkpoint."""
        if sum(map(len, self._tables.values())) > self._few:
            self._sweep()
        for number, (name, table) in enumerate(self._tables.items()):
            yield f'{", " if number else ""}"{name}": {{'
            yield ", ".join([row.text for row in table.values()])
            yield "}"

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

    def _numbered(self, kind: Any, table: dict[int, _Row], encoder: Encoder) -> Writer:
        state = _state_of(kind)

        def number(value: Any) -> str:
            row = table.get(id(value))
            if row is None or (state and row.state != state(value)):
                self._count += 1
                row = table[id(value)] = _Row(value, str(self._count), state(value) if state else ())
                self._open.append(row)
                row.text = f'"{row.number}": {encoder.encode(kind, value)}'
                self._open.pop()
            self._open[-1].needs.append(row)
            return row.number

        return number

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
            for key in [key for key, row in table.items() if row.used != self._turn]:
                del table[key]
        count = sum(map(len, self._tables.values()))
        self._few = count + count // 4 + _SOME


def _state_of(kind: Any) -> Callable[[Any], tuple[object, ...]] | None:
    """Return what reads all that a value holds; None for a kind whose values never change."""
    if kind.__dataclass_params__.frozen:
        return None
    return attrgetter(*(one.name for one in fields(kind)))
