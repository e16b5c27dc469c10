"""All that a restart must not forget, as JSON and back.

A launch's server is written once, however many launches it had; a rule is written by its id, so that a
changed rule file is in force at once.
"""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from ollama_watch.alerts.book import Book
from ollama_watch.alerts.notice import Notice
from ollama_watch.app.codec import Codec, Json, Special, Unfit
from ollama_watch.app.watching import Watched
from ollama_watch.parse.eras import BY_ID, Era
from ollama_watch.sources.position import Position
from ollama_watch.state.server import Server
from ollama_watch.verify.occurrences import Moments
from ollama_watch.verify.rule import Rule

VERSION = 1


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


def write(checkpoint: Checkpoint) -> str:
    """Return the text of a checkpoint file."""
    servers: list[Json] = []
    numbers: dict[int, int] = {}  # by identity: equal ones may be written twice
    plain = Codec({Era: (_era_id, _no_value)})

    def number(server: Server) -> int:
        if id(server) not in numbers:
            numbers[id(server)] = len(servers)
            servers.append(plain.encode(Server, server))
        return numbers[id(server)]

    codec = Codec({Era: (_era_id, _no_value), Rule: (_rule_id, _no_value), Server: (number, _no_value)})
    data = codec.encode(Checkpoint, checkpoint)
    return json.dumps({"version": VERSION, "servers": servers, **data}, ensure_ascii=False)


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
    plain = Codec({Era: (_era_id, BY_ID.__getitem__)})
    servers = [plain.decode(Server, one) for one in data.get("servers", ())]
    special: Special = {
        Era: (_era_id, BY_ID.__getitem__),
        Rule: (_rule_id, lambda name: rules.get(name) or Rule(id=name, severity="info", summary="")),
        Server: (_no_value, servers.__getitem__),
    }
    found: Checkpoint = Codec(special).decode(Checkpoint, data)
    return found


def _era_id(era: Era) -> str:
    return era.id


def _rule_id(rule: Rule) -> str:
    return rule.id


def _no_value(_: object) -> Json:
    raise Unfit("written here, never read")
