"""Reading cases: from a rule's own `cases:`, or from the file beside it, NAME.test.yaml."""

import re
from collections.abc import Sequence
from math import inf

import yaml

from ollama_watch.model import SEVERITIES, Facts, Value
from ollama_watch.verify.case import TOLD, Case, Moment, Told
from ollama_watch.verify.events import EVENTS
from ollama_watch.verify.facts import FACTS
from ollama_watch.verify.kinds import KINDS
from ollama_watch.verify.yamlfile import Document, positions

END = "end"  # the moment after the last line
KEYS = ("name", "log", "file", "facts", "want", "alerts", "moments")
EITHER = (("log", "file", "facts"), ("alerts", "moments"))
KINDS_OF_FACTS = {name: kind for event in EVENTS.values() for name, kind in event.fields.items()} | {
    name: fact.kind for name, fact in FACTS.items()
}


def cases_beside(document: Document, ids: Sequence[str]) -> tuple[Case, ...]:
    """Return the cases of a file of their own; `ids`: the rules that they may be for.

    A case names its `rule:` where there are several.
    """
    top = positions(document.mapping(document.root, ("cases",), ("cases",)))
    found = []
    for node in document.sequence(top["cases"]) if "cases" in top else ():
        keys = positions(document.mapping(node, (*KEYS, "rule"), ("name",)))
        rule = ids[0] if len(ids) == 1 else ""
        if "rule" in keys:
            rule = document.one_of(keys["rule"], "rule", ids)
        elif not rule:
            document.complain(node, "key 'rule' is missing", f"name one of {', '.join(ids)}")
        found.append(_case(document, node, keys, rule))
    return tuple(found)


def cases(document: Document, node: yaml.Node, rule: str) -> tuple[Case, ...]:
    """Return the cases that stand in the rule itself."""
    return tuple(
        _case(document, one, positions(document.mapping(one, KEYS, ("name",))), rule)
        for one in document.sequence(node)
    )


def _case(document: Document, node: yaml.Node, keys: dict[str, yaml.Node], rule: str) -> Case:
    for words in EITHER:
        if sum(word in keys for word in words) != 1:
            document.complain(
                node, f"a case has exactly one of: {', '.join(words)}", "write one, leave the others out"
            )
    texts = {key: document.text(keys[key]) for key in ("name", "log", "file") if key in keys}
    place = document.place(node)
    return Case(
        name=texts.get("name", ""),
        rule=rule,
        log=texts.get("log", ""),
        file=texts.get("file", ""),
        facts=_facts(document, keys["facts"]) if "facts" in keys else None,
        want=_want(document, keys["want"]) if "want" in keys else {},
        moments=_moments(document, keys),
        origin=f"{place.file}:{place.line}",
    )


def _want(document: Document, node: yaml.Node) -> dict[str, int]:
    """Return the context in tokens by tag; `{context: 8192}` is the same as 8192."""
    found = {}
    for tag, (_, value) in document.mapping(node).items():
        tokens = value
        if isinstance(value, yaml.MappingNode):
            keys = positions(document.mapping(value, ("context",), ("context",)))
            if "context" not in keys:
                continue
            tokens = keys["context"]
        found[tag] = document.whole(tokens)
    return found


def _facts(document: Document, node: yaml.Node) -> Facts:
    """Return facts as a launch has them; what is left out is unknown."""
    found: dict[str, Value] = {}
    for name, (key, value) in document.mapping(node).items():
        if name not in KINDS_OF_FACTS:
            document.unknown(key, "fact", name, KINDS_OF_FACTS)
        elif isinstance(value, yaml.SequenceNode):
            found[name] = tuple(document.text(one) for one in value.value)
        elif not document.is_null(value):
            found[name] = _value(document, value, KINDS_OF_FACTS[name])
    return found


def _value(document: Document, node: yaml.Node, kind: str) -> Value:
    text, known = document.text(node), KINDS[kind]
    if kind == "names":
        return (text,)
    if known.literal and not re.fullmatch(known.literal, text):
        document.complain(node, f"expected {known.noun}, not {text!r}", "a fact of a case is one value")
        return None
    return known.read(text) if known.literal else text


def _moments(document: Document, keys: dict[str, yaml.Node]) -> tuple[Moment, ...]:
    if "alerts" in keys:
        return (Moment(at=None, alerts=_alerts(document, keys["alerts"])),)
    if "moments" not in keys:
        return ()
    found = [
        Moment(at=None if name == END else document.span(key), alerts=_alerts(document, value))
        for name, (key, value) in document.mapping(keys["moments"]).items()
    ]
    if not found:
        document.complain(keys["moments"], "no moment to look at", "write `5m: []` for quiet after 5 minutes")
    return tuple(sorted(found, key=lambda moment: inf if moment.at is None else moment.at))


def _alerts(document: Document, node: yaml.Node) -> tuple[Told, ...]:
    return tuple(_told(document, one) for one in document.sequence(node))


def _told(document: Document, node: yaml.Node) -> Told:
    keys = positions(document.mapping(node, TOLD))
    if "severity" in keys:
        document.one_of(keys["severity"], "severity", SEVERITIES)
    return {key: document.text(value) for key, value in keys.items()}
