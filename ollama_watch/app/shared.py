"""Values that stand in a checkpoint, some of them in many places: each is written once, and when it is new.

Most of a checkpoint is what it was at the last one. So the text of each value is kept while the value is in
use: a begin costs what it changed, not all that is remembered.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any

from ollama_watch.app.encoder import Encoder, Writer


@dataclass(slots=True)
class _Row:
    """One value as it was written; `needs`: the others that it names."""

    value: object  # held, so that its identity is nobody else's
    number: int
    state: tuple[object, ...] = ()  # of one that is not frozen: what it held
    text: str = ""  # with its number
    needs: list["_Row"] = field(default_factory=list)
    used: int = 0  # the last turn that it was part of


class Shared:
    """Tables of values by number, one table a kind; a kind may hold those before it.

    One that is not frozen may hold only what is: when it holds something else, it is another row.
    """

    def __init__(self, kinds: Sequence[Any], special: Mapping[Any, Writer]) -> None:
        self.special = dict(special)  # with the kinds: each is written as its number
        self._tables: dict[str, dict[int, _Row]] = {}  # by the kind's name; rows by identity
        self._places: dict[str, tuple[int, _Row]] = {}  # what changes in its place, and at which change
        self._open: list[_Row] = []  # being written
        self._turn = 0
        self._count = 0
        for kind in kinds:
            table = self._tables[kind.__name__] = {}
            self.special[kind] = self._numbered(kind, table, Encoder(self.special))

    def begin(self) -> None:
        """Begin a checkpoint: nothing is part of it yet."""
        self._turn += 1

    def texts(self) -> str:
        """Return the tables as JSON, and forget what is no part of this checkpoint."""
        self._places = {place: one for place, one in self._places.items() if one[1].used == self._turn}
        tables = (f'"{name}": {self._text(table)}' for name, table in self._tables.items())
        return "{" + ", ".join(tables) + "}"

    def text(self, place: str, value: object, changes: int, make: Callable[[], Any]) -> str:
        """Return as JSON what `make` gives of `value`, made anew where that is another or has changed."""
        known, row = self._places.get(place, (-1, None))
        if row is None or row.value is not value or known != changes:
            row = _Row(value, 0)
            self._places[place] = changes, row
            self._open.append(row)
            row.text = json.dumps(make(), ensure_ascii=False)
            self._open.pop()
        self._use(row)
        return row.text

    def _text(self, table: dict[int, _Row]) -> str:
        for key in [key for key, row in table.items() if row.used != self._turn]:
            del table[key]
        return "{" + ", ".join([row.text for row in table.values()]) + "}"

    def _numbered(self, kind: Any, table: dict[int, _Row], encoder: Encoder) -> Callable[[Any], int]:
        state = _state_of(kind)

        def number(value: Any) -> int:
            row, now = table.get(id(value)), state(value)
            if row is None or row.state != now:
                self._count += 1
                row = table[id(value)] = _Row(value, self._count, now)
                self._open.append(row)
                text = json.dumps(encoder.encode(kind, value), ensure_ascii=False)
                row.text = f'"{row.number}": {text}'
                self._open.pop()
            if self._open:
                self._open[-1].needs.append(row)
            self._use(row)
            return row.number

        return number

    def _use(self, row: _Row) -> None:
        if row.used != self._turn:
            row.used = self._turn
            for one in row.needs:
                self._use(one)


def _state_of(kind: Any) -> Callable[[Any], tuple[object, ...]]:
    """Return what reads all that a value holds, nothing of a kind whose values never change."""
    if kind.__dataclass_params__.frozen:
        return lambda value: ()
    return attrgetter(*(one.name for one in fields(kind)))
