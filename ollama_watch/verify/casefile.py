"""Reading cases: from a rule's own `cases:`, or from the file beside it, NAME.test.yaml."""

import re
from collections.abc import Sequence

import yaml

from ollama_watch.model import Facts, Value
from ollama_watch.parse.stamps import has_time
from ollama_watch.verify import outcomes
from ollama_watch.verify.case import Case
from ollama_watch.verify.events import EVENTS
from ollama_watch.verify.facts import FACTS
from ollama_watch.verify.kinds import KINDS
from ollama_watch.verify.outcomes import END
from ollama_watch.verify.slips import WORD
from ollama_watch.verify.words import WORDS
from ollama_watch.verify.yamlfile import Document, positions

KEYS = ("name", "log", "file", "facts", "want", "until", "alerts", "moments", "told")
LINES = ("log", "file", "facts")  # exactly one of them
ALERTS = ("alerts", "moments")  # at most one of them
OUTCOMES = (*ALERTS, "told")  # at least one of them
NEED_LINES = ("told", "until")
NO_TIME = "none of its lines carries a time"
NO_TIME_HINT = "a moment after the first line needs one, as in time=2026-03-01T12:00:00Z"
Nodes = dict[str, yaml.Node]  # values by key
KINDS_OF_FACTS = {name: kind for event in EVENTS.values() for name, kind in event.fields.items()} | {
    name: fact.kind for name, fact in FACTS.items()
}


def cases_beside(document: Document, ids: Sequence[str]) -> tuple[Case, ...]:
    """Return the cases of a file of their own; `ids`: the rules that they may be for.

    A case names its `rule:` where there are several.
    """
    top = positions(document.mapping(document.root, ("cases",), ("cases",)))
    found = []
    named: dict[str, dict[str, int]] = {}  # rule -> name -> line
    for node in document.sequence(top["cases"]) if "cases" in top else ():
        keys = positions(document.mapping(node, (*KEYS, "rule"), ("name",)))
        rule = ids[0] if len(ids) == 1 else ""
        if "rule" in keys:
            rule = document.one_of(keys["rule"], "rule", ids)
        elif not rule and isinstance(node, yaml.MappingNode):
            document.complain(node, "key 'rule' is missing", f"name one of {', '.join(ids)}")
        _check_name(document, keys, named.setdefault(rule, {}))
        found.append(_case(document, node, keys, rule))
    return tuple(found)


def cases(document: Document, node: yaml.Node, rule: str) -> tuple[Case, ...]:
    """Return the cases that stand in the rule itself."""
    found = []
    named: dict[str, int] = {}
    for one in document.sequence(node):
        keys = positions(document.mapping(one, KEYS, ("name",)))
        _check_name(document, keys, named)
        found.append(_case(document, one, keys, rule))
    return tuple(found)


def _check_name(document: Document, keys: Nodes, named: dict[str, int]) -> None:
    """Complain of a name that says nothing, or that another case of the rule has; `named`: their lines."""
    node = keys.get("name")
    if not isinstance(node, yaml.ScalarNode) or document.is_null(node):
        return
    name = str(node.value).strip()
    line = document.place(node).line
    if not name:
        document.complain(node, "an empty name", "say in a few words what the case is about")
    elif named.setdefault(name, line) != line:
        hint = f"the first is on line {named[name]}; say what is different here"
        document.complain(node, f"case {name[:WORD]!r} is given twice", hint)


def _case(document: Document, node: yaml.Node, keys: Nodes, rule: str) -> Case:
    if isinstance(node, yaml.MappingNode):  # else that has been told
        _check_keys(document, node, keys)
    texts = {key: document.text(keys[key]) for key in ("name", "log", "file") if key in keys}
    place = document.place(node)
    case = Case(
        name=texts.get("name", ""),
        rule=rule,
        log=texts.get("log", ""),
        file=texts.get("file", ""),
        facts=_facts(document, keys["facts"]) if "facts" in keys else None,
        want=_want(document, keys["want"]) if "want" in keys else {},
        until=document.span(keys["until"]) if "until" in keys else 0.0,
        moments=outcomes.moments(document, keys),
        told=outcomes.told(document, keys["told"]) if "told" in keys else None,
        origin=f"{place.file}:{place.line}",
    )
    if case.log and case.timed and not any(has_time(line) for line in case.log.encode().splitlines()):
        document.complain(keys["log"], NO_TIME, NO_TIME_HINT)
    return case


def _check_keys(document: Document, node: yaml.Node, keys: Nodes) -> None:
    if sum(word in keys for word in LINES) != 1:
        hint = "write one, leave the others out"
        document.complain(node, f"a case has exactly one of: {', '.join(LINES)}", hint)
    if not any(word in keys for word in OUTCOMES):
        hint = "add `alerts: […]`, `moments: {…}` or `told: […]`; [] if nothing fires"
        document.complain(node, "a case that expects nothing", hint)
    if all(word in keys for word in ALERTS):
        document.complain(
            keys["alerts"], "alerts beside moments", f"write them as `{END}: […]` of the moments"
        )
    for word in NEED_LINES:
        if word in keys and "facts" in keys:
            document.complain(
                keys[word], f"facts have no time, which `{word}` needs", "write the lines of a log"
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
            if name in WORDS:
                document.one_of(value, f"word for {name}", WORDS[name])
    return found


def _value(document: Document, node: yaml.Node, kind: str) -> Value:
    text, known = document.text(node), KINDS[kind]
    if kind == "names":
        return (text,)
    if known.literal and not re.fullmatch(known.literal, text):
        document.complain(node, f"expected {known.noun}, not {text!r}", "a fact of a case is one value")
        return None
    return known.read(text) if known.literal else text
