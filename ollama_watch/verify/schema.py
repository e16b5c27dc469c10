"""The JSON Schema of rule files, made of the tables that the loader reads: for editors that complete words.

It sees one file without its places. What it cannot know, such as a doubled key, only the loader complains of.
"""

from collections.abc import Mapping, Sequence
from typing import get_args, get_type_hints

from ollama_watch.model import SEVERITIES, Severity
from ollama_watch.verify import schemacases
from ollama_watch.verify.contradictions import COUNTED, ID, MOST
from ollama_watch.verify.events import EVENTS
from ollama_watch.verify.kinds import FALSE, TRUE, any_case
from ollama_watch.verify.rule import Rule
from ollama_watch.verify.rulefile import ADDRESS, KEYS, load_rules
from ollama_watch.verify.schemaconditions import Schema, definitions, reference, scope
from ollama_watch.verify.shipped import shipped_rules
from ollama_watch.verify.yamlfile import SPAN


def _pattern(text: str) -> Schema:
    return {"type": "string", "pattern": f"^(?:{text})$"}


_ONS = (None, *EVENTS)  # what a rule may be about: launches, or one event
_HAS_ON: Schema = {"required": ["on"]}
_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_SPAN: Schema = _pattern(SPAN)
_NO_ZERO: Schema = _pattern(rf"(?!(?:0+(?:\.0+)?[a-z]+)+$){SPAN}")
_CONDITIONS: Schema = {"type": "object"}  # of which facts, the event says

# What each key of a rule is for, and what it may be.
_KEYS: Mapping[str, tuple[str, Schema]] = {
    "id": (
        "name of the rule; that of a shipped one changes single keys of it",
        {"type": ["string", "integer"], "pattern": f"^(?:{ID})$"},
    ),
    "severity": ("how grave it is", {"enum": list(SEVERITIES)}),
    "tell": ("once: one notice a model and value", {"enum": list(get_args(get_type_hints(Rule)["tell"]))}),
    "enabled": (
        "false switches the rule off",
        {"anyOf": [{"type": "boolean"}, _pattern(any_case((*TRUE, *FALSE)))]},
    ),
    "count": (
        "how many occurrences within the span",
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": MOST},
                _pattern("0*[1-9][0-9]{0,2}|0*1000"),
            ]
        },
    ),
    "for": ("how long it must be broken before anybody is told, as in 5m", _SPAN),
    "repeat": ("how long until it is told again, as in 24h", _NO_ZERO),
    "within": ("the span in which the occurrences are counted, as in 10m", _NO_ZERO),
    "hold": ("how long after the last occurrence the alert ends, as in 1h", _SPAN),
    "when": ("which launches or events it is for; unknown applies", _CONDITIONS),
    "expect": ("what must hold, each of it", {"type": "object", "minProperties": 1}),
    "unless": ("named exceptions, any of which excuses", _CONDITIONS),
    "escalate": ("graver severities, and when they apply", _CONDITIONS),
    "on": (
        "the event that breaks the rule; without it, each launch is judged",
        {"oneOf": [{"const": name, "description": kind.meaning} for name, kind in EVENTS.items()]},
    ),
    "summary": (
        "what people read, with {fact} filled in",
        {**_TEXT, "pattern": r"^(?=[\s\S]*\S)(?:[^{}]|\{\w+\})*$"},
    ),
    "about": ("what the rule looks for", _TEXT),
    "why": ("why that matters", _TEXT),
    "fix": ("what to do, with {fact} filled in", {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}),
    "runbook": ("address of a page about it", _pattern(ADDRESS)),
    "cases": (
        "log lines, and what the rule tells of them",
        {"type": ["array", "null"], "items": reference("case")},
    ),
}


def schema() -> Schema:
    """Return the schema, draft 2020-12. It knows the shipped rules, whose keys may be changed by id."""
    shipped = load_rules(shipped_rules())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rules of ollama-watchd",
        "type": ["object", "null"],
        "properties": {
            "rules": {"type": ["array", "null"], "items": reference("rule")},
            "cases": {
                "description": "cases of the rules in the file beside this one, NAME.test.yaml",
                "type": ["array", "null"],
                "items": reference("case"),
            },
        },
        "additionalProperties": False,
        "anyOf": [{"required": ["rules"]}, {"required": ["cases"]}],
        "not": {"type": "object", "required": ["rules", "cases"]},
        "$defs": {
            "rule": _rule(shipped),
            **definitions(),
            **schemacases.definitions(),
        },
    }


def _rule(shipped: Sequence[Rule]) -> Schema:
    ids = {on: [rule.id for rule in shipped if rule.on == on] for on in _ONS}
    every = [rule.id for rule in shipped]
    whole = {"required": ["severity", "summary"], "anyOf": [{"required": ["expect"]}, {"required": ["on"]}]}
    properties = {key: {"description": _KEYS[key][0], **_KEYS[key][1]} for key in KEYS}
    properties["id"]["anyOf"] = [{"enum": every}, {}]  # the shipped ones, for completion
    return {
        "type": "object",
        "properties": properties,
        "required": ["id"],
        "additionalProperties": False,
        "allOf": [
            {"if": _named(every), "else": whole},
            {
                "if": {
                    "anyOf": [_named(ids[None]), {"not": {"anyOf": [_HAS_ON, *map(_named, ids.values())]}}]
                },
                "then": _about_launches(),
            },
            *({"if": {"anyOf": [_named(ids[on]), _on(on)]}, "then": _about_event(on)} for on in EVENTS),
            *map(_graver, SEVERITIES),
        ],
    }


def _named(ids: Sequence[str]) -> Schema:
    return {"properties": {"id": {"enum": list(ids)}}, "required": ["id"]}


def _on(event: str) -> Schema:
    return {"properties": {"on": {"const": event}}, **_HAS_ON}


def _about_launches() -> Schema:
    never = dict.fromkeys((*COUNTED, "on"), False)
    return {"properties": {**_conditions(None), "expect": reference(scope(None)), **never}}


def _about_event(on: str) -> Schema:
    return {"properties": {**_conditions(on), "expect": False, "on": {"const": on}}}


def _conditions(on: str | None) -> Schema:
    """Return what the keys with conditions may hold, but for `expect`."""
    one = reference(scope(on))
    named = {"additionalProperties": {**one, "minProperties": 1}}
    return {"when": one, "unless": named, "escalate": {**named, "propertyNames": {"enum": list(SEVERITIES)}}}


def _graver(severity: Severity) -> Schema:
    """Return that `escalate` leads up from `severity`."""
    graver = list(SEVERITIES[SEVERITIES.index(severity) + 1 :])
    names = {"propertyNames": {"enum": graver} if graver else False}
    given = {"properties": {"severity": {"const": severity}}, "required": ["severity"]}
    return {"if": given, "then": {"properties": {"escalate": names}}}
