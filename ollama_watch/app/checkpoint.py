"""All that a restart must not forget, as JSON and back.

What stands in many places (a server, a launch, a finding) is written once; a rule is written by its id, so
that a changed rule file is in force at once.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ollama_watch.alerts.book import Book
from ollama_watch.alerts.notice import Notice
from ollama_watch.app.codec import Codec, Json, Unfit
from ollama_watch.app.watching import Watched
from ollama_watch.model import Finding, Launch
from ollama_watch.parse.eras import BY_ID, Era
from ollama_watch.sources.position import Position
from ollama_watch.state.server import Server
from ollama_watch.verify.occurrences import Moments
from ollama_watch.verify.rule import Rule

VERSION = 1
_SHARED = (Server, Launch, Finding)  # each may hold those before it


@dataclass(slots=True, kw_only=True)
class Resumed:
    """One source at the moment of a checkpoint."""

    target: str  # what it read: another one is another source, whatever its name
    position: Position | None
    watched: Watched


@dataclass(slots=True, kw_only=True)
class Checkpoint:
    """Everything at one moment: they belong together and cannot disagree."""

    sources: dict[str, Resumed] = field(default_factory=dict)
    book: Book = field(default_factory=Book)
    moments: Moments = field(default_factory=OrderedDict)
    undelivered: dict[str, list[Notice]] = field(default_factory=dict)  # by sink, the oldest first
    told: dict[str, list[str]] = field(default_factory=dict)  # by sink: keys of the alerts that it knows of


def write(checkpoint: Checkpoint) -> str:
    """Return the text of a checkpoint file."""
    special: dict[Any, tuple[Callable[[Any], Json], Callable[[Json], Any]]] = {
        Era: (_era_id, _no_value),
        Rule: (_rule_id, _no_value),
    }
    tables = []
    for kind in _SHARED:
        tables.append(table := _Table(kind, Codec(dict(special))))
        special[kind] = (table.number, _no_value)
    data = Codec(special).encode(Checkpoint, checkpoint)
    shared = [table.rows for table in tables]
    return json.dumps({"version": VERSION, "shared": shared, **data}, ensure_ascii=False)


class _Table:
    """Values of one kind, each written once and named by its number elsewhere."""

    def __init__(self, kind: Any, codec: Codec) -> None:
        self.rows: list[Json] = []
        self._kind, self._codec = kind, codec
        self._numbers: dict[int, int] = {}  # by identity: equal ones may be written twice

    def number(self, value: Any) -> int:
        if id(value) not in self._numbers:
            row = self._codec.encode(self._kind, value)
            self._numbers[id(value)] = len(self.rows)
            self.rows.append(row)
        return self._numbers[id(value)]


def read(text: str, rules: Mapping[str, Rule]) -> Checkpoint:
    """Return what `write` wrote; raises Unfit if it is anything else.

    An alert whose rule is not in `rules` any more keeps a rule of that name, so that its end can be told.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unfit(f"no JSON: {error}") from error
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise Unfit("of another version" if isinstance(data, dict) else "no checkpoint")
    special: dict[Any, tuple[Callable[[Any], Json], Callable[[Json], Any]]] = {
        Era: (_era_id, BY_ID.__getitem__),
        Rule: (_rule_id, lambda name: rules.get(name) or Rule(id=name, severity="info", summary="")),
    }
    shared = data.get("shared", [])
    if not isinstance(shared, list) or not all(isinstance(rows, list) for rows in shared):
        raise Unfit("its tables are none")
    for kind, rows in zip(_SHARED, shared, strict=False):
        codec = Codec(dict(special))
        special[kind] = (_no_value, [codec.decode(kind, row) for row in rows].__getitem__)
    found: Checkpoint = Codec(special).decode(Checkpoint, data)
    return found


def _era_id(era: Era) -> str:
    return era.id


def _rule_id(rule: Rule) -> str:
    return rule.id


def _no_value(_: object) -> Json:
    raise Unfit("written here, never read")
