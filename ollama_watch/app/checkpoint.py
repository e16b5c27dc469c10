"""All that a restart must not forget, as JSON and back.

What stands in many places (a server, a launch, an alert) is written once; a rule is written by its id, so
that a changed rule file is in force at once.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.book import Book
from ollama_watch.alerts.entry import Entry
from ollama_watch.alerts.notice import Notice
from ollama_watch.app.declared import Json
from ollama_watch.app.decoder import Decoder, Unfit
from ollama_watch.app.encoder import PATHS, Encoder, as_bytes, as_json
from ollama_watch.app.shared import Shared
from ollama_watch.app.watched import Watched
from ollama_watch.model import Finding, Launch
from ollama_watch.parse.eras import BY_ID, Era
from ollama_watch.sources.position import Position
from ollama_watch.state.record import Record
from ollama_watch.state.server import Server
from ollama_watch.state.subject import Subject
from ollama_watch.verify.occurrences import Moments
from ollama_watch.verify.rule import Rule

VERSION = 2
_SHARED = (Server, Record, Subject, Launch, Finding, Alert, Entry)  # each may hold those before it


@dataclass(slots=True, kw_only=True)
class Resumed:
    """One source at the moment of a checkpoint."""

    target: str  # what it read: another one is another source, whatever its name
    position: Position | None
    watched: Watched
    now: float = 0.0  # log time: it goes on while nothing else changes


@dataclass(slots=True, kw_only=True)
class Checkpoint:
    """Everything at one moment: they belong together and cannot disagree."""

    sources: dict[str, Resumed] = field(default_factory=dict)
    book: Book = field(default_factory=Book)
    moments: Moments = field(default_factory=OrderedDict)
    undelivered: dict[str, list[Notice]] = field(default_factory=dict)  # by sink, the oldest first
    numbers: dict[str, list[int]] = field(default_factory=dict)  # under which those go, see `app.settled`
    # By sink: keys of the alerts that it knows of. None: written by a release that kept nothing of the kind.
    told: dict[str, list[str]] | None = None


class Writer:
    """Writes one checkpoint after the other. Belongs to one thread."""

    def __init__(self) -> None:
        self._shared = Shared(_SHARED, {Era: _id, Rule: _id})
        self._encoder = Encoder(self._shared.special)

    def write(self, checkpoint: Checkpoint) -> str:
        """Return the text of a checkpoint file."""
        return b"".join(self.parts(checkpoint)).decode("utf-8", PATHS)

    def parts(self, checkpoint: Checkpoint) -> list[bytes]:
        """Return that text in parts: to put all of it together takes longer than what changed."""
        self._shared.begin()
        sources = ", ".join([self._source(name, one) for name, one in checkpoint.sources.items()])
        rest = self._encoder.encode(Checkpoint, replace(checkpoint, sources={}))
        tables = self._shared.texts()
        head = as_bytes(f'{{"version": {VERSION}, "shared": {{')
        return [head, *tables, as_bytes(f'}}, "now": {{"sources": {{{sources}}}, {rest[1:]}}}')]

    def _source(self, name: str, one: Resumed) -> str:
        """Return a source by its name; most are as they were, and so is their text."""
        watched, encode = one.watched, self._encoder.encode
        text = self._shared.text(name, watched, watched.changes, lambda: encode(Watched, watched))
        position = encode(Position, one.position) if one.position else "null"
        head = f'"target": {as_json(one.target)}, "position": {position}, "now": {as_json(one.now)}'
        return f'{as_json(name)}: {{{head}, "watched": {text}}}'


def write(checkpoint: Checkpoint) -> str:
    """Return the text of one checkpoint alone."""
    return Writer().write(checkpoint)


def read(text: str, rules: Mapping[str, Rule]) -> Checkpoint:
    """Return what `write` wrote; raises Unfit if it is anything else.

    An alert whose rule is not in `rules` any more keeps a rule of that name, so that its end can be told.
    """
    tables, now = _parts(text)
    special: dict[Any, Callable[[Json], Any]] = {
        Era: BY_ID.__getitem__,
        Rule: lambda name: rules.get(name) or Rule(id=name, severity="info", summary=""),
    }
    for kind in _SHARED:
        special[kind] = _table(kind, tables.get(kind.__name__, {}), Decoder(dict(special)))
    found: Checkpoint = Decoder(special).decode(Checkpoint, now)
    for one in found.sources.values():
        one.watched.reading.fleet.now = max(one.watched.reading.fleet.now, one.now)
    return found


def _parts(text: str) -> tuple[Mapping[str, Mapping[str, Json]], Json]:
    """Return the tables by the name of their kind, each by number, and what names their rows."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unfit(f"no JSON: {error}") from error
    match data:
        case {"version": 2, "shared": dict(tables), "now": now}:
            found: Mapping[str, Json] = tables
        case {"version": 1, "shared": list(lists), **rest} if all(isinstance(rows, list) for rows in lists):
            numbered = ({str(number): row for number, row in enumerate(rows)} for rows in lists)
            now = rest
            found = dict(zip(("Server", "Launch", "Finding"), numbered, strict=False))
        case {"version": 1 | 2}:
            raise Unfit("its tables are none")
        case _:
            raise Unfit("of another version" if isinstance(data, dict) else "no checkpoint")
    if not all(isinstance(rows, dict) for rows in found.values()):
        raise Unfit("its tables are none")
    return found, now


def _table(kind: Any, rows: Mapping[str, Json], decoder: Decoder) -> Callable[[Json], Any]:
    """Return what reads a value by its number; version 1 wrote some kinds where they stand."""
    values = {int(number): decoder.decode(kind, row) for number, row in rows.items()}
    return lambda data: decoder.decode(kind, data) if isinstance(data, dict) else values[data]


def _id(value: Era | Rule) -> str:
    return as_json(value.id)
