"""All the rules that differ from a rule in one spot."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ollama_watch.model import SEVERITIES
from ollama_watch.verify.conditions import kinds_for
from ollama_watch.verify.rule import Conditions, Rule
from tests.mutants.conditions import altered_tests

_FROM_NOTHING = 60.0  # s; half and double of no time at all are no time


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule with one alteration, named for people."""

    name: str
    rule: Rule


def mutants(rule: Rule) -> Iterator[Mutant]:
    """Yield every rule that differs from `rule` in one part of one condition, or in one other key."""
    for part in ("when", "expect"):
        for name, altered in _conditions(rule, getattr(rule, part)):
            yield Mutant(f"{part}: {name}", _with(rule, {part: altered}))
    for part in ("unless", "escalate"):
        yield from _named(rule, part)
    yield from _graver(rule)
    for severity in SEVERITIES:
        if severity != rule.severity:
            yield Mutant(f"severity {severity}", _with(rule, {"severity": severity}))
    tell = "once" if rule.tell == "each" else "each"
    yield Mutant(f"tell {tell}", _with(rule, {"tell": tell}))
    yield from _numbers(rule)


def _with(rule: Rule, changes: dict[str, Any]) -> Rule:
    return replace(rule, **changes)


def _numbers(rule: Rule) -> Iterator[Mutant]:
    """Yield it with other spans and counts; those of events only if it is about one."""
    for field in ("pending_for", "repeat", *(("hold", "within") if rule.on else ())):
        span: float = getattr(rule, field)
        for name, altered in (
            (("halved", span / 2), ("doubled", span * 2)) if span else (("a minute", _FROM_NOTHING),)
        ):
            yield Mutant(f"{field} {name}", _with(rule, {field: altered}))
    if rule.on:
        yield Mutant("count one more", _with(rule, {"count": rule.count + 1}))
        if rule.count > 1:
            yield Mutant("count one less", _with(rule, {"count": rule.count - 1}))


def _named(rule: Rule, part: str) -> Iterator[Mutant]:
    groups: Mapping[str, Conditions] = getattr(rule, part)
    for group, conditions in groups.items():
        rest = {name: one for name, one in groups.items() if name != group}
        yield Mutant(f"{part} {group}: dropped", _with(rule, {part: rest}))
        for name, altered in _conditions(rule, conditions):
            if altered:  # none left: always, which is the drop of `expect`, or an alteration of its own
                yield Mutant(f"{part} {group}: {name}", _with(rule, {part: {**groups, group: altered}}))


def _graver(rule: Rule) -> Iterator[Mutant]:
    """Yield it with each escalation to another severity."""
    for severity, conditions in rule.escalate.items():
        for other in SEVERITIES:
            if other not in (severity, rule.severity):
                rest = {name: one for name, one in rule.escalate.items() if name not in (severity, other)}
                altered = {**rest, other: conditions}
                yield Mutant(f"escalate {severity}: to {other}", _with(rule, {"escalate": altered}))


def _conditions(rule: Rule, conditions: Conditions) -> Iterator[tuple[str, Conditions]]:
    kinds = kinds_for(rule.on)
    for at, condition in enumerate(conditions):
        before, after = conditions[:at], conditions[at + 1 :]
        shown = f"{condition.fact}: {condition.text}"
        yield f"{shown} dropped", (*before, *after)
        for name, test in altered_tests(condition.test, condition.fact, kinds):
            yield f"{shown} {name}", (*before, replace(condition, test=test), *after)
