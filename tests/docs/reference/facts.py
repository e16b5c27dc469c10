"""packaging/reference/facts.md: what rules, JSON and messages can speak of."""

from collections.abc import Iterator

from ollama_watch.verify.events import EVENTS, EventKind
from ollama_watch.verify.facts import FACTS, Fact
from ollama_watch.verify.kinds import KINDS
from ollama_watch.verify.operators import OPERATORS
from tests.docs.reference.markdown import code, codes, page, table

_HEAD = """\
A fact is something that is known of one launch of a model. Rules, the JSON of `check` and the API, and
messages use these names. What the log does not tell is unknown: `null` in JSON, never 0 and never a
default."""
_KINDS = """\
## Kinds

What may stand behind a fact in a rule. A number or a release may have one of {operators} before it, or be
compared with another fact of its kind (`">= ctx_wanted"`). A list means any of its values."""
_EVENTS = """\
## Events

What a rule may name after `on:`. Its conditions may use the event's fields and the facts of its launch."""


def text() -> str:
    facts = table(("Fact", "Kind", "Meaning"), (_fact(*one) for one in FACTS.items()))
    kinds = table(("Kind", "Is", "Write"), ((code(k), kind.noun, kind.write) for k, kind in KINDS.items()))
    events = table(("Event", "Is", "Fields"), (_event(*one) for one in EVENTS.items()))
    operators = _KINDS.format(operators=codes(OPERATORS))
    return page("Facts and events", _HEAD, facts, operators, kinds, _EVENTS, events)


def _fact(name: str, fact: Fact) -> tuple[str, ...]:
    return code(name), code(fact.kind), fact.meaning


def _event(name: str, event: EventKind) -> tuple[str, ...]:
    return code(name), event.meaning, "<br>".join(_fields(event))


def _fields(event: EventKind) -> Iterator[str]:
    for name, kind in event.fields.items():
        words = codes(event.words[name]) if name in event.words else ""
        yield f"{code(name)} {kind}{f': {words}' if words else ''}"
