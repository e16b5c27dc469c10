"""The JSON Schema of cases, made of the tables that `verify.casefile` reads."""

from collections.abc import Mapping, Sequence

from ollama_watch.model import SEVERITIES
from ollama_watch.verify.case import TOLD, WHATS
from ollama_watch.verify.casefile import ALERTS, KEYS, KINDS_OF_FACTS, LINES, NEED_LINES, OUTCOMES
from ollama_watch.verify.kinds import KINDS
from ollama_watch.verify.outcomes import END
from ollama_watch.verify.words import WORDS
from ollama_watch.verify.yamlfile import SPAN

Schema = dict[str, object]

_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_SPAN: Schema = {"type": "string", "pattern": f"^(?:{SPAN})$"}
_NAME: Schema = {**_TEXT, "pattern": r"\S"}
_TOKENS: Schema = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[0-9]+$"}]}


def _facts() -> Schema:
    return {
        "type": ["object", "null"],
        "properties": {name: _value(name, kind) for name, kind in KINDS_OF_FACTS.items()},
        "additionalProperties": False,
    }


def _value(name: str, kind: str) -> Schema:
    if name in WORDS:
        return {"anyOf": [{"enum": list(WORDS[name])}, {"type": ["array", "null"]}]}
    literal = KINDS[kind].literal
    if not literal:
        return {"type": ["string", "number", "boolean", "array", "null"]}
    word = {"type": "string", "pattern": f"^(?:{literal})$"}
    return {"anyOf": [word, {"type": ["integer", "boolean", "array", "null"]}]}


_KEYS: Mapping[str, tuple[str, Schema]] = {
    "name": ("what it is about", _NAME),
    "log": ("the lines of a log, as in `log: |`", _TEXT),
    "file": ("a log beside this file, also .gz", _TEXT),
    "facts": ("of a launch that no log stands for; what is left out is unknown", _facts()),
    "want": (
        "the context in tokens that is wanted, by tag",
        {
            "type": ["object", "null"],
            "additionalProperties": {
                "anyOf": [
                    _TOKENS,
                    {
                        "type": "object",
                        "properties": {"context": _TOKENS},
                        "required": ["context"],
                        "additionalProperties": False,
                    },
                ]
            },
        },
    ),
    "until": ("how long to go on after the first line, as in 25h", _SPAN),
    "alerts": ("what fires after the last line; none: []", {"$ref": "#/$defs/alerts"}),
    "moments": (
        "what fires at moments after the first line, as in 5m, or end",
        {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": f"^(?:{SPAN}|{END})$"},
            "additionalProperties": {"$ref": "#/$defs/alerts"},
        },
    ),
    "told": ("all that people are told, in its order; nothing: []", {"$ref": "#/$defs/told"}),
}
_RULE: Schema = {"description": "id of the rule, where there are several", **_TEXT}


def definitions() -> Schema:
    """Return `case`, in a rule or beside it, and what it is made of."""
    properties: Schema = {key: {"description": _KEYS[key][0], **_KEYS[key][1]} for key in KEYS}
    alert = {**dict.fromkeys(TOLD, _TEXT), "severity": {"enum": list(SEVERITIES)}}
    return {
        "case": {
            "type": "object",
            "properties": {**properties, "rule": _RULE},
            "required": ["name"],
            "oneOf": _given(LINES),
            "anyOf": _given(OUTCOMES),
            "not": {"required": list(ALERTS)},
            "dependentSchemas": {"facts": {"properties": dict.fromkeys(NEED_LINES, False)}},
            "additionalProperties": False,
        },
        "alerts": _list(alert),
        "told": _list({"at": _SPAN, "what": {"enum": list(WHATS)}, **alert}),
    }


def _given(words: Sequence[str]) -> list[Schema]:
    return [{"required": [word]} for word in words]


def _list(properties: Schema) -> Schema:
    item = {"type": ["object", "null"], "properties": properties, "additionalProperties": False}
    return {"type": "array", "items": item}
