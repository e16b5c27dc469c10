"""The JSON Schema of conditions: which facts a rule may name, and what each may be held against.

It takes the fields of all events for fields of any: else it would be five times as large. What may be held
against a field of another event is left to the loader.
"""

from collections.abc import Iterable
from typing import Any

from ollama_watch.verify.conditions import kinds_for
from ollama_watch.verify.conditiontext import LATEST, LAYERS, NULL, RANGE, STRANGE
from ollama_watch.verify.events import EVENTS
from ollama_watch.verify.facts import FACTS
from ollama_watch.verify.kinds import KINDS, NUMBER, Kind
from ollama_watch.verify.operators import OPERATORS, ORDERED
from ollama_watch.verify.words import SMALL, WORDS

Schema = dict[str, Any]

_MOST = 10**15 - 1  # fifteen digits
_EQUAL = [sign for sign in OPERATORS if sign not in ORDERED]
_ALL: Schema = {"enum": ["all"]}
_NEGATED: Schema = {"type": "string", "pattern": r"^\s*!"}


def definitions() -> dict[str, Schema]:
    """Return the conditions of launches and of each event by `scope`, and what they refer to."""
    found: dict[str, Schema] = {}
    for kind in KINDS:
        found |= _forms(f"kind.{kind}", _one(kind))
    found |= _forms("kind.layers", [*_one("count"), _ALL])
    found |= _forms("kind.small", [_word("word", besides=r"(?![\s\S]*[A-Z])")])
    for name, words in WORDS.items():
        found |= _forms(f"words.{name}", [{"enum": list(words)}, _settled(words)])
    for name, fact in FACTS.items():
        found[f"fact.{name}"] = {"description": fact.meaning, **reference(_form(name, fact.kind))}
    return {**found, **{scope(on): _conditions(on) for on in (None, *EVENTS)}}


def reference(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _form(name: str, kind: str) -> str:
    """Return the name of what a fact or field may be held against."""
    if name in WORDS:
        return f"words.{name}"
    return f"kind.{'layers' if name in LAYERS else 'small' if name in SMALL else kind}"


def scope(on: str | None) -> str:
    """Return the name of the conditions of rules `on` an event, or about launches."""
    return f"on.{on}" if on else "launch"


def _conditions(on: str | None) -> Schema:
    facts = {name: reference(f"fact.{name}") for name in FACTS}
    fields = {name: kind for name, kind in kinds_for(on).items() if on and name not in FACTS}
    meaning = EVENTS[on].meaning if on else ""
    own = {name: {"description": meaning, **reference(_form(name, kind))} for name, kind in fields.items()}
    return {"type": "object", "properties": {**own, **facts}, "additionalProperties": False}


def _forms(name: str, one: list[Schema]) -> dict[str, Schema]:
    """Return the definitions of one value, and of one or a list of which any may hold."""
    single = f"{name}.one"
    several = {"type": "array", "minItems": 1, "items": reference(single)}
    several |= {
        "contains": _NEGATED,
        "minContains": 0,
        "maxContains": 1,
    }  # of two negations, one always holds
    return {name: {"anyOf": [reference(single), several]}, single: {"anyOf": one}}


def _one(name: str) -> list[Schema]:
    kind = KINDS[name]
    if not kind.literal:
        return [_word(name)]
    signs = _any(OPERATORS if kind.ordered else _EQUAL)
    forms = [rf"(?:{signs})?\s*(?:{kind.literal})", rf"(?:{signs})\s*(?:{_any(_alike(kind))})"]
    if kind.noun == NUMBER:
        return [{"type": "integer", "minimum": 0, "maximum": _MOST}, _text(*forms, RANGE)]
    words = list(kind.words)
    if "on" in words:  # which YAML 1.1 reads as a boolean
        words += [True, False]
    return [*([{"enum": words}] if words else []), _text(*forms)]


def _settled(words: Iterable[str]) -> Schema:
    """Return what a fact of settled words may be held against; whether a glob matches one it cannot tell."""
    equal = _any(_EQUAL)
    glob = rf"(?!{STRANGE})[^*?\[]*[*?\[][\s\S]*"
    alike = _any(_alike(KINDS["word"]))
    negation = rf"(?:(?:{equal})\s*(?!(?:{_unlike('word')})\s*$)|!\s*)?"
    return _text(rf"{negation}(?:{_any(words)}|{glob})", rf"(?:{equal})\s*(?:{alike})")


def _word(name: str, besides: str = "") -> Schema:
    """Return what a word or a glob may be; a number or a truth is a word, too. `besides`: a look ahead."""
    negation = rf"(?:(?:{_any(_EQUAL)})\s*(?!(?:{_unlike(name)})\s*$)|!\s*)?"
    latest = rf"(?![\s\S]*{LATEST}\s*$)" if name == "names" else ""
    word = rf"(?!{STRANGE}|(?:{_any(NULL)})\s*$|{RANGE}\s*$){latest}{besides}\S[\s\S]*"
    return {"type": ["string", "number", "boolean"], "pattern": rf"^\s*{negation}{word}$"}


def _unlike(name: str) -> str:
    """Return the facts that a value of a kind cannot be compared with."""
    return _any(fact for fact, row in FACTS.items() if KINDS[row.kind].noun != KINDS[name].noun)


def _alike(kind: Kind) -> list[str]:
    """Return the facts and fields that may stand beside a sign, as far as any event has them."""
    kinds = [found for on in (None, *EVENTS) for found in kinds_for(on).items()]
    return list(dict.fromkeys(fact for fact, name in kinds if KINDS[name].noun == kind.noun))


def _text(*forms: str) -> Schema:
    return {"type": "string", "pattern": rf"^\s*(?:{'|'.join(forms)})\s*$"}


def _any(words: Iterable[str]) -> str:
    return "|".join(words)
