"""Reading conditions: from what the user wrote to tests on facts, with complaints that point at the spot."""

from collections.abc import Collection

import yaml

from ollama_watch.verify.condition import AnyOf, Compared, ComparedToFact, Condition, Glob, Test
from ollama_watch.verify.conditiontext import Wrong, read
from ollama_watch.verify.events import EVENTS
from ollama_watch.verify.facts import FACTS
from ollama_watch.verify.kinds import Kinds
from ollama_watch.verify.rule import Conditions
from ollama_watch.verify.slips import OTHER_NAMES, nearest
from ollama_watch.verify.yamlfile import Document

__all__ = ["Kinds", "conditions", "kinds_for", "named", "unknown_fact"]


def kinds_for(on: str | None) -> Kinds:
    """Return the facts that a rule may name: those of a launch, and those of the event that it is `on`."""
    facts = {name: fact.kind for name, fact in FACTS.items()}
    return {**facts, **EVENTS[on].fields, "count": "count"} if on and on in EVENTS else facts


def conditions(document: Document, node: yaml.Node, kinds: Kinds) -> Conditions:
    """Return the conditions of a mapping fact → what it must be."""
    if document.is_null(node):
        document.complain(node, "no condition stands here", "write one, further in, or leave the key out")
    found = []
    for name, (key, value) in document.mapping(node).items():
        if name not in kinds:
            unknown_fact(document, key, name, kinds)
            continue
        test = _test(document, value, name, kinds)
        if test is not None:
            found.append(Condition(name, test, _written(value)))
    return tuple(found)


def named(
    document: Document, node: yaml.Node, kinds: Kinds, names: Collection[str] | None = None
) -> dict[str, Conditions]:
    """Return the conditions of a mapping name → conditions; `names`: those it may have, None for any."""
    if document.is_null(node):
        document.complain(node, "nothing stands here", "write `a-name: {fact: value}`, or leave the key out")
    found = {}
    for name, (key, value) in document.mapping(node, names).items():
        if name in kinds and not isinstance(value, yaml.MappingNode):
            hint = f"name these conditions: `a-name: {{{name}: …}}`"
            document.complain(key, f"{name} is a fact, and here stands a name", hint)
        elif isinstance(value, yaml.MappingNode) and not value.value:
            document.complain(value, f"{name!r} always holds: it has no condition", "write one for it")
        else:
            found[name] = conditions(document, value, kinds)
    return found


def unknown_fact(document: Document, node: yaml.Node, name: str, kinds: Kinds, word: str = "") -> None:
    """Complain of a name that is no fact here, only the field of another event maybe.

    `word`: how the name stands there, if it has more to it.
    """
    events = [event for event, kind in EVENTS.items() if name in kind.fields]
    hint = f"only with `on: {events[0]}`" if events else nearest(name, kinds)
    if OTHER_NAMES.get(name) in kinds:
        hint = f"write {OTHER_NAMES[name]}"
    document.complain(node, f"unknown fact {name!r}", hint, word or name)


def _test(document: Document, node: yaml.Node, fact: str, kinds: Kinds) -> Test | None:
    if not isinstance(node, yaml.SequenceNode):
        return _single(document, node, fact, kinds)
    if not node.value:
        document.complain(node, "an empty list, which nothing can match", "leave the line out")
    tests = [_single(document, one, fact, kinds) for one in node.value]
    if len([test for test in tests if _negated(test)]) > 1:
        hint = f"write `{fact}: [those words]` under `unless:`, as a named exception"
        document.complain(node, "one of these always holds: any item of a list is enough", hint)
    return AnyOf(tuple(test for test in tests if test is not None))


def _negated(test: Test | None) -> bool:
    match test:
        case Glob():
            return test.negated
        case Compared() | ComparedToFact():
            return test.sign == "!="
        case _:
            return False


def _single(document: Document, node: yaml.Node, fact: str, kinds: Kinds) -> Test | None:
    if isinstance(node, yaml.SequenceNode):
        document.complain(node, "a list in a list", "put all into one list: any of its items is enough")
        return None
    if not isinstance(node, yaml.ScalarNode):
        document.complain(node, f"expected a value for {fact}, not keys", "write it on the same line")
        return None
    found = read(str(node.value), fact, kinds)
    if isinstance(found, Wrong):
        document.complain(node, found.message, found.hint, found.word)
        return None
    return found


def _written(node: yaml.Node) -> str:
    if isinstance(node, yaml.SequenceNode):
        return " or ".join(str(one.value) for one in node.value if isinstance(one, yaml.ScalarNode))
    return str(node.value)
