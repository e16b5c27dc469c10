"""Rules from YAML texts: shipped ones first, then the user's, which may override single keys by id."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

import yaml

from ollama_watch.errors import Place, UserError, UserErrors
from ollama_watch.model import SEVERITIES
from ollama_watch.verify.casefile import cases
from ollama_watch.verify.conditions import conditions, kinds_for, named, unknown_fact
from ollama_watch.verify.contradictions import check, check_id, check_summary
from ollama_watch.verify.events import EVENTS
from ollama_watch.verify.facts import FACTS
from ollama_watch.verify.judge import FIELD
from ollama_watch.verify.kinds import Kinds
from ollama_watch.verify.rule import Rule
from ollama_watch.verify.yamlfile import Document, Pairs, positions

ADDRESS = r"https?://\S+"
_FIELDS = {"for": "pending_for"}  # the YAML word where it is another word in Python
_FACT = "a fact stands under `when:` or `expect:`, two blanks further in"
_IN_RULE = "it belongs to a rule: write `rules:`, and the rule under it, beginning with `- `"
_OTHER_WORDS = {  # of other programs' rules
    **dict.fromkeys(FACTS, _FACT),
    **dict.fromkeys(("alert", "name", "rule"), "id"),
    **dict.fromkeys(("message", "output", "title"), "summary"),
    **dict.fromkeys(("description", "desc"), "about"),
    **dict.fromkeys(("priority", "level"), "severity"),
    **dict.fromkeys(("condition", "expr", "assert"), "expect"),
    **dict.fromkeys(("if", "match", "where"), "when"),
    **dict.fromkeys(("except", "exceptions", "exclude"), "unless"),
    "event": "on",
    "runbook_url": "runbook",
}
_LACKING = {
    "severity": f"add `severity:`, one of {', '.join(SEVERITIES)}",
    "summary": "add `summary:`, what people shall read",
    "expect": "add `expect:`, what must hold at each launch, or `on:`, an event",
}


def load_rules(shipped: Iterable[tuple[str, str]], users: Iterable[tuple[str, str]] = ()) -> tuple[Rule, ...]:
    """Return the rules of (file name, text) pairs in order; raise all mistakes of all files at once."""
    rules: dict[str, Rule] = {}
    whole: dict[str, Place] = {}
    errors: list[UserError] = []
    for own, files in ((False, shipped), (True, users)):
        for name, text in files:
            document = Document(text, name)
            _read(document, rules, whole, override=own)
            errors += document.errors
    if errors:
        raise errors[0] if len(errors) == 1 else UserErrors(errors)
    return tuple(rules.values())


def _read(document: Document, rules: dict[str, Rule], whole: dict[str, Place], *, override: bool) -> None:
    """Add the rules of one file; `whole`: where each rule that users defined stands."""
    top = positions(document.mapping(document.root, ("rules",), ("rules",), _AT_TOP))
    here: set[str] = set()
    for node in document.sequence(top["rules"]) if "rules" in top else ():
        found = document.mapping(node, KEYS, ("id",), _OTHER_WORDS)
        if "id" not in found:
            continue
        name = document.text(found["id"][1])
        check_id(document, found["id"][1], name)
        if name in here or (not override and name in rules):
            document.complain(found["id"][1], f"rule {name!r} is given twice", "give this one another id")
            continue
        here.add(name)
        before = rules.get(name)
        if override and (before is None or name in whole) and not _once(document, found, name, whole):
            before = None
        rules[name] = _rule(document, found, name, before, rules)


def _rule(
    document: Document, found: Pairs, name: str, before: Rule | None, rules: Mapping[str, Rule]
) -> Rule:
    values = _values(document, positions(found), before)
    if "cases" in found:
        values["cases"] = cases(document, found["cases"][1], name)
    if before is None:
        _check_whole(document, found, name, rules)
    rule = before or Rule(id=name, severity="warning", summary="")
    rule = replace(rule, **values, origin=document.name)
    check(document, positions(found), rule, before)
    return rule


def _once(document: Document, found: Pairs, name: str, whole: dict[str, Place]) -> bool:
    """Complain of a second rule of one id: one that changes keys of the first would not give them all."""
    if not {"severity", "summary"} <= set(found) or not {"expect", "on"} & set(found):
        return True
    place = document.place(found["id"][1])
    first = whole.setdefault(name, place)
    if first.file == place.file:  # it may be read twice, by its folder and by its name
        return True
    hint = f"the first is at {first}: give this one another id, or only the keys you want to change"
    document.complain(found["id"][1], f"rule {name!r} is given twice", hint)
    return False


def _check_whole(document: Document, found: Pairs, name: str, rules: Mapping[str, Rule]) -> None:
    """Complain of a new rule that lacks something; it may have been meant to change one of `rules`."""
    lacking = {key: f"lacks {key!r}" for key in ("severity", "summary") if key not in found}
    if not {"expect", "on"} & set(found):
        lacking["expect"] = "expects nothing"
    near = get_close_matches(name, rules, n=1, cutoff=0.8) if lacking else []  # slow: it looks at all rules
    if near:
        hint = f"did you mean {near[0]!r}? a rule of its own needs severity, summary, and expect or on"
        document.complain(found["id"][1], f"no rule {name!r} to change", hint)
        return
    for key, message in lacking.items():
        document.complain(found["id"][1], f"rule {name!r} {message}", _LACKING[key])


def _values(document: Document, nodes: dict[str, yaml.Node], before: Rule | None) -> dict[str, Any]:
    """Return what the rule's keys say, by the fields of `Rule`."""
    own = str(nodes["on"].value) if "on" in nodes else None
    kinds = kinds_for(own or (before.on if before else None))
    return {
        _FIELDS.get(key, key): _READ[key](document, node, kinds)
        for key, node in nodes.items()
        if key in _READ
    }


def _text(document: Document, node: yaml.Node, kinds: Kinds) -> str:
    return document.text(node)


def _span(document: Document, node: yaml.Node, kinds: Kinds) -> float:
    return document.span(node)


def _filled(document: Document, node: yaml.Node, kinds: Kinds) -> str:
    """Return a text with {fact}, each of them known."""
    text = document.text(node)
    for name in FIELD.findall(text):
        if name not in kinds:
            unknown_fact(document, node, name, kinds, f"{{{name}}}")
    return text


def _summary(document: Document, node: yaml.Node, kinds: Kinds) -> str:
    text = _filled(document, node, kinds)
    check_summary(document, node, text)
    return text


def _fix(document: Document, node: yaml.Node, kinds: Kinds) -> tuple[str, ...]:
    several = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return tuple(_filled(document, one, kinds) for one in several)


def _address(document: Document, node: yaml.Node, kinds: Kinds) -> str:
    text = document.text(node)
    if isinstance(node, yaml.ScalarNode) and not document.is_null(node) and not re.fullmatch(ADDRESS, text):
        document.complain(node, "expected the address of a page", "begin it with https:// or http://")
    return text


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
    "unless": named,
    "escalate": lambda document, node, kinds: named(document, node, kinds, SEVERITIES),
    "on": lambda document, node, _: document.one_of(node, "event", EVENTS),
    "summary": _summary,
    "about": _text,
    "why": _text,
    "fix": _fix,
    "runbook": _address,
}
KEYS = ("id", *_READ, "cases")
_AT_TOP = {  # what stands there by mistake
    **dict.fromkeys(KEYS, _IN_RULE),
    "cases": "write them further in, below the rule that they try, or into NAME.test.yaml beside NAME.yaml",
}
