"""Reading conditions: from what the user wrote to tests on facts, with complaints that point at the spot."""

import re
from collections.abc import Collection, Mapping

import yaml

from ollama_watch.model import Value
from ollama_watch.parse.version import version
from ollama_watch.verify.condition import (
    AllLayers,
    AnyOf,
    Compared,
    ComparedToFact,
    Condition,
    Glob,
    Range,
    Test,
)
from ollama_watch.verify.operators import OPERATORS, ORDERED
from ollama_watch.verify.rule import Conditions
from ollama_watch.verify.yamlfile import Document

Kinds = Mapping[str, str]  # fact name -> kind, see `verify.facts`

_RANGE = re.compile(r"(\d{1,15})\s*\.\.\s*(\d{1,15})")
_SIGN = re.compile("|".join(re.escape(sign) for sign in OPERATORS))
_NUMBERS = frozenset(("tokens", "count", "default"))
_LAYERS = frozenset(("gpu_layers", "layers_offloaded"))
_SWITCH = {"true": "on", "yes": "on", "false": "off", "no": "off"}


def conditions(document: Document, node: yaml.Node, kinds: Kinds) -> Conditions:
    """Return the conditions of a mapping fact → what it must be."""
    found = []
    for name, (key, value) in document.mapping(node).items():
        if name not in kinds:
            document.unknown(key, "fact", name, kinds)
            continue
        test = _test(document, value, name, kinds)
        if test is not None:
            found.append(Condition(name, test, _written(value)))
    return tuple(found)


def _test(document: Document, node: yaml.Node, fact: str, kinds: Kinds) -> Test | None:
    if isinstance(node, yaml.SequenceNode):
        tests = [_single(document, one, fact, kinds) for one in node.value]
        return AnyOf(tuple(test for test in tests if test is not None))
    return _single(document, node, fact, kinds)


def _single(document: Document, node: yaml.Node, fact: str, kinds: Kinds) -> Test | None:
    if not isinstance(node, yaml.ScalarNode):
        document.complain(node, "expected one value")
        return None
    text = str(node.value).strip()
    kind = kinds[fact]
    if text == "all" and fact in _LAYERS:
        return AllLayers()
    if (span := _RANGE.fullmatch(text)) and kind in _NUMBERS:
        return Range(int(span[1]), int(span[2]))
    sign = _SIGN.match(text)
    operand = text[sign.end() :].strip() if sign else text
    if operand in kinds and sign:
        return ComparedToFact(sign[0], operand)
    if kind in ("names", "word") and not (sign and sign[0] in ORDERED):
        return _pattern(sign[0] if sign else "==", operand)
    value = _value(document, node, operand, kind, kinds if sign else ())
    return None if value is None else Compared(sign[0] if sign else "==", value)


def _pattern(sign: str, text: str) -> Test:
    negated = text.startswith("!")
    return Glob(text[1:].strip() if negated else text, negated or sign == "!=")


def _value(document: Document, node: yaml.Node, text: str, kind: str, kinds: Collection[str]) -> Value:
    if kind in _NUMBERS and re.fullmatch(r"\d{1,15}", text):
        return int(text)
    if kind == "bool" and text.lower() in ("true", "yes", "on", "false", "no", "off"):
        return text.lower() in ("true", "yes", "on")
    if kind == "switch":
        word = _SWITCH.get(text.lower(), text.lower())
        if word in ("on", "off", "auto"):
            return word
    if kind == "version" and version(text):
        return text
    expected = {
        "bool": "true or false",
        "switch": "on, off or auto",
        "version": "a release such as 0.15.5",
    }
    what = expected.get(kind, "a number, a comparison such as >= 8192, or a range")
    if kinds and re.fullmatch(r"[a-z_]+", text) and kind in _NUMBERS:
        document.unknown(node, "fact", text, kinds)
    else:
        document.complain(node, f"expected {what}, not {text!r}")
    return None


def _written(node: yaml.Node) -> str:
    if isinstance(node, yaml.SequenceNode):
        return " or ".join(str(one.value) for one in node.value if isinstance(one, yaml.ScalarNode))
    return str(node.value)
