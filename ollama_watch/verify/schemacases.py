"""The JSON Schema of cases, made of the tables that `verify.casefile` reads."""

from collections.abc import Mapping

from ollama_watch.model import SEVERITIES
from ollama_watch.verify.case import TOLD
from ollama_watch.verify.casefile import EITHER, END, KEYS, KINDS_OF_FACTS
from ollama_watch.verify.kinds import KINDS
from ollama_watch.verify.yamlfile import SPAN

Schema = dict[str, object]

_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_TOKENS: Schema = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[0-9]+$"}]}


def _facts() -> Schema:
    return {
        "type": ["object", "null"],
        "properties": {name: _value(kind) for name, kind in KINDS_OF_FACTS.items()},
        "additionalProperties": False,
    }


def _value(kind: str) -> Schema:
    literal = KINDS[kind].literal
    if not literal:
        return {"type": ["string", "number", "boolean", "array", "null"]}
    word = {"type": "string", "pattern": f"^(?:{literal})$"}
    return {"anyOf": [word, {"type": ["integer", "boolean", "array", "null"]}]}


_KEYS: Mapping[str, tuple[str, Schema]] = {
    "name": ("what it is about", _TEXT),
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
}
_RULE: Schema = {"description": "id of the rule, where there are several", **_TEXT}


def definitions() -> Schema:
    """Return `case`, in a rule or beside it, and what it is made of."""
    properties: Schema = {key: {"description": _KEYS[key][0], **_KEYS[key][1]} for key in KEYS}
    told = {**dict.fromkeys(TOLD, _TEXT), "severity": {"enum": list(SEVERITIES)}}
    return {
        "case": {
            "type": "object",
            "properties": {**properties, "rule": _RULE},
            "required": ["name"],
            "allOf": [{"oneOf": [{"required": [word]} for word in words]} for words in EITHER],
            "additionalProperties": False,
        },
        "alerts": {
            "type": ["array", "null"],
            "items": {"type": ["object", "null"], "properties": told, "additionalProperties": False},
        },
    }
