"""Rules from YAML texts: shipped ones first, then the user's, which may override single keys by id."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import yaml

from ollama_watch.errors import UserError, UserErrors
from ollama_watch.model import SEVERITIES
from ollama_watch.verify.casefile import cases
from ollama_watch.verify.conditions import Kinds, conditions
from ollama_watch.verify.events import EVENTS
from ollama_watch.verify.facts import FACTS
from ollama_watch.verify.judge import FIELD
from ollama_watch.verify.rule import Conditions, Rule
from ollama_watch.verify.yamlfile import Document, positions

_FIELDS = {"for": "pending_for"}  # the YAML word where it is another word in Python
_KINDS = {name: fact.kind for name, fact in FACTS.items()}


def load_rules(shipped: Iterable[tuple[str, str]], users: Iterable[tuple[str, str]] = ()) -> tuple[Rule, ...]:
    """Return the rules of (file name, text) pairs in order; raise all mistakes of all files at once."""
    rules: dict[str, Rule] = {}
    errors: list[UserError] = []
    for own, files in ((False, shipped), (True, users)):
        for name, text in files:
            document = Document(text, name)
            _read(document, rules, override=own)
            errors += document.errors
    if errors:
        raise errors[0] if len(errors) == 1 else UserErrors(errors)
    return tuple(rules.values())


def _read(document: Document, rules: dict[str, Rule], *, override: bool) -> None:
    top = positions(document.mapping(document.root, ("rules",), ("rules",)))
    here: set[str] = set()
    for node in document.sequence(top["rules"]) if "rules" in top else ():
        found = document.mapping(node, KEYS, ("id",))
        if "id" not in found:
            continue
        name = document.text(found["id"][1])
        if name in here or (not override and name in rules):
            document.complain(found["id"][1], f"rule {name!r} is given twice")
            continue
        here.add(name)
        before = rules.get(name)
        values = _values(document, positions(found), before)
        if "cases" in found:
            values["cases"] = cases(document, found["cases"][1], name)
        if before is None:
            for key in ("severity", "summary"):
                if key not in found:
                    document.complain(node, f"rule {name!r} lacks {key!r}")
            if not {"expect", "on"} & set(found):
                document.complain(node, f"rule {name!r} expects nothing", "give it `expect:` or `on:`")
            before = Rule(id=name, severity="warning", summary="")
        rules[name] = replace(before, **values, origin=document.name)


def _values(document: Document, nodes: dict[str, yaml.Node], before: Rule | None) -> dict[str, Any]:
    """Return what the rule's keys say, by the fields of `Rule`."""
    on = document.one_of(nodes["on"], "event", EVENTS) if "on" in nodes else before.on if before else None
    kinds = dict(_KINDS)
    if on in EVENTS:
        kinds |= {**EVENTS[str(on)].fields, "count": "count"}
    return {
        _FIELDS.get(key, key): _READ[key](document, node, kinds)
        for key, node in nodes.items()
        if key in _READ
    }


def _text(document: Document, node: yaml.Node, kinds: Kinds) -> str:
    return document.text(node)


def _span(document: Document, node: yaml.Node, kinds: Kinds) -> float:
    return document.span(node)


def _named(document: Document, node: yaml.Node, kinds: Kinds) -> dict[str, Conditions]:
    found = document.mapping(node)
    return {name: conditions(document, value, kinds) for name, (_, value) in found.items()}


def _escalate(document: Document, node: yaml.Node, kinds: Kinds) -> dict[str, Conditions]:
    found = document.mapping(node, SEVERITIES)
    return {name: conditions(document, value, kinds) for name, (_, value) in found.items()}


def _filled(document: Document, node: yaml.Node, kinds: Kinds) -> str:
    """Return a text with {fact}, each of them known."""
    text = document.text(node)
    for name in FIELD.findall(text):
        if name not in kinds:
            document.unknown(node, "fact", name, kinds)
    return text


def _fix(document: Document, node: yaml.Node, kinds: Kinds) -> tuple[str, ...]:
    several = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return tuple(_filled(document, one, kinds) for one in several)


_READ: Mapping[str, Callable[[Document, yaml.Node, Kinds], Any]] = {
    "severity": lambda document, node, _: document.one_of(node, "severity", SEVERITIES),
    "tell": lambda document, node, _: document.one_of(node, "telling", ("each", "once")),
    "enabled": lambda document, node, _: document.truth(node),
    "count": lambda document, node, _: document.whole(node),
    "for": _span,
    "repeat": _span,
    "within": _span,
    "hold": _span,
    "when": conditions,
    "expect": conditions,
    "unless": _named,
    "escalate": _escalate,
    "on": _text,
    "summary": _filled,
    "about": _text,
    "why": _text,
    "fix": _fix,
    "runbook": _text,
}
KEYS = ("id", *_READ, "cases")
