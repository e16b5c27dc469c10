"""Holding one launch, or one occurrence, against one rule."""

import re

from ollama_watch.model import SEVERITIES, Facts, Severity, Value
from ollama_watch.verify.condition import AllLayers, AnyOf, ComparedToFact, Condition, Test, all_hold
from ollama_watch.verify.rule import Broken, Excused, Kept, NotFor, Rule, Unknown, Verdict

FIELD = re.compile(r"\{(\w+)\}")


def judge(rule: Rule, facts: Facts) -> Verdict:
    """Return what comes of it. Unknown in `when` applies, in `unless` does not excuse."""
    if all_hold(rule.when, facts) is False:
        return NotFor()
    for name, conditions in rule.unless.items():
        if all_hold(conditions, facts) is True:
            return Excused(name)
    if rule.on:
        return Broken(None, None, None, severity(rule, facts))
    missing = None
    for condition in rule.expect:
        met = actual(condition.fact, facts)
        answer = condition.test.holds(met, facts)
        if answer is False:
            expected = _expected(condition, facts)
            return Broken(condition.fact, expected, met, severity(rule, facts))
        if answer is None:
            missing = missing or _unknown_in(condition, facts)
    return Unknown(missing) if missing else Kept()


def actual(fact: str, facts: Facts) -> Value:
    """Return a fact as `expect` meets it: of layers not asked for in so many words, those that it got."""
    asked = facts.get(fact)
    return facts.get("layers_offloaded") if asked is None and fact == "gpu_layers" else asked


def severity(rule: Rule, facts: Facts) -> Severity:
    """Return the gravest severity whose conditions all hold, at least the rule's own."""
    graver = [name for name, conditions in rule.escalate.items() if all_hold(conditions, facts) is True]
    return max([rule.severity, *graver], key=SEVERITIES.index)


def render(text: str, facts: Facts, name: str) -> str:
    """Return `text` with `{fact}` filled in; `name` is what people call the model."""
    return FIELD.sub(lambda found: name if found[1] == "model" else shown(facts.get(found[1])), text)


def shown(value: Value) -> str:
    """Return a fact as people read it."""
    match value:
        case None:
            return "unknown"
        case bool():
            return "yes" if value else "no"
        case tuple():
            return " or ".join(str(one) for one in value) or "none"
        case _:
            return str(value)


def _expected(condition: Condition, facts: Facts) -> str:
    """Return what it must be: `>= ctx_wanted` reads 32768, for at least needs no sign."""
    text = condition.text.removeprefix(">=").strip()
    for name in _compared_with(condition.test):
        value = shown(facts.get(name))
        text = re.sub(rf"(?<![^\s=<>]){name}(?=\s+or\s|\s*$)", value.replace("\\", r"\\"), text)
    return text


def _unknown_in(condition: Condition, facts: Facts) -> str:
    if facts.get(condition.fact) is None:
        return condition.fact
    unknown = (name for name in _compared_with(condition.test) if facts.get(name) is None)
    return next(unknown, condition.fact)


def _compared_with(test: Test) -> tuple[str, ...]:
    """Return the facts on the other side of its comparisons."""
    match test:
        case ComparedToFact():
            return (test.fact,)
        case AllLayers():
            return ("layers_total",)
        case AnyOf():
            return tuple(name for one in test.tests for name in _compared_with(one))
        case _:
            return ()
