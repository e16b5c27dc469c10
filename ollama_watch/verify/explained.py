"""Why a rule came to its verdict: each condition with what it met."""

from collections.abc import Iterator
from dataclasses import dataclass

from ollama_watch.model import Facts, Value
from ollama_watch.verify.condition import Condition
from ollama_watch.verify.judge import actual
from ollama_watch.verify.rule import Rule


@dataclass(frozen=True, slots=True)
class Step:
    """One condition held against a launch."""

    part: str  # when, expect, unless NAME, escalate SEVERITY
    fact: str
    text: str  # what it must be
    actual: Value
    holds: bool | None  # None: the log does not tell


def steps(rule: Rule, facts: Facts) -> Iterator[Step]:
    """Yield every condition of a rule in the order in which they are written."""
    yield from (_step("when", condition, facts) for condition in rule.when)
    yield from (_step("expect", condition, facts) for condition in rule.expect)
    for name, conditions in rule.unless.items():
        yield from (_step(f"unless {name}", condition, facts) for condition in conditions)
    for severity, conditions in rule.escalate.items():
        yield from (_step(f"escalate {severity}", condition, facts) for condition in conditions)


def _step(part: str, condition: Condition, facts: Facts) -> Step:
    met = actual(condition.fact, facts) if part == "expect" else facts.get(condition.fact)
    return Step(part, condition.fact, condition.text, met, condition.test.holds(met, facts))
