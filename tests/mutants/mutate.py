"""All the rules that differ from a rule in one spot."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ollama_watch.model import SEVERITIES
from ollama_watch.verify.condition import (
    AllLayers,
    AnyOf,
    Compared,
    ComparedToFact,
    Glob,
    Range,
    Test,
)
from ollama_watch.verify.rule import Conditions, Rule

_OTHER = {
    ">=": (">", "<"),
    ">": (">=", "<="),
    "<=": ("<", ">"),
    "<": ("<=", ">="),
    "==": ("!=",),
    "!=": ("==",),
}
_SWITCHES = ("on", "off", "auto")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule with one alteration, named for people."""

    name: str
    rule: Rule


def mutants(rule: Rule) -> Iterator[Mutant]:
    """Yield every rule that differs from `rule` in one operator, bound, condition, exception or severity."""
    for part in ("when", "expect"):
        for name, altered in _conditions(getattr(rule, part)):
            yield Mutant(f"{part}: {name}", _with(rule, {part: altered}))
    for part in ("unless", "escalate"):
        yield from _named(rule, part)
    for severity in SEVERITIES:
        if severity != rule.severity:
            yield Mutant(f"severity {severity}", _with(rule, {"severity": severity}))
    if rule.on and rule.count > 1:
        yield Mutant("count one less", _with(rule, {"count": rule.count - 1}))
        yield Mutant("count one more", _with(rule, {"count": rule.count + 1}))


def _with(rule: Rule, changes: dict[str, Any]) -> Rule:
    return replace(rule, **changes)


def _named(rule: Rule, part: str) -> Iterator[Mutant]:
    groups: Mapping[str, Conditions] = getattr(rule, part)
    for group, conditions in groups.items():
        rest = {name: one for name, one in groups.items() if name != group}
        yield Mutant(f"{part} {group}: dropped", _with(rule, {part: rest}))
        for name, altered in _conditions(conditions):
            if altered:  # none left: always, which is the drop of `expect`, or an alteration of its own
                yield Mutant(f"{part} {group}: {name}", _with(rule, {part: {**groups, group: altered}}))


def _conditions(conditions: Conditions) -> Iterator[tuple[str, Conditions]]:
    for at, condition in enumerate(conditions):
        before, after = conditions[:at], conditions[at + 1 :]
        shown = f"{condition.fact}: {condition.text}"
        yield f"{shown} dropped", (*before, *after)
        for name, test in _tests(condition.test):
            yield f"{shown} {name}", (*before, replace(condition, test=test), *after)


def _tests(test: Test) -> Iterator[tuple[str, Test]]:
    for kind, alter in _ALTER.items():
        if isinstance(test, kind):
            yield from alter(test)


def _compared(test: Any) -> Iterator[tuple[str, Test]]:
    for sign in _OTHER[test.sign]:
        yield f"with {sign}", replace(test, sign=sign)
    if isinstance(test.value, bool):
        return
    if isinstance(test.value, int):
        yield "one more", replace(test, value=test.value + 1)
        yield "one less", replace(test, value=test.value - 1)


def _to_fact(test: Any) -> Iterator[tuple[str, Test]]:
    for sign in _OTHER[test.sign]:
        yield f"with {sign}", replace(test, sign=sign)


def _range(test: Any) -> Iterator[tuple[str, Test]]:
    yield "low one more", replace(test, low=test.low + 1)
    yield "low one less", replace(test, low=test.low - 1)
    yield "high one more", replace(test, high=test.high + 1)
    yield "high one less", replace(test, high=test.high - 1)


def _glob(test: Any) -> Iterator[tuple[str, Test]]:
    yield "negated", replace(test, negated=not test.negated)


def _layers(test: Any) -> Iterator[tuple[str, Test]]:
    yield "as one", Compared(">=", 1)


def _any_of(test: Any) -> Iterator[tuple[str, Test]]:
    for at in range(len(test.tests)):
        yield f"without its {at + 1}.", AnyOf((*test.tests[:at], *test.tests[at + 1 :]))


_ALTER: Mapping[type, Callable[[Any], Iterator[tuple[str, Test]]]] = {
    Compared: _compared,
    ComparedToFact: _to_fact,
    Range: _range,
    Glob: _glob,
    AllLayers: _layers,
    AnyOf: _any_of,
}
