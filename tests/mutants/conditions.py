"""All the tests on a fact that differ from a test in one spot: operator, value, other fact, or item."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ollama_watch.verify.condition import (
    AllLayers,
    AnyOf,
    Compared,
    ComparedToFact,
    Glob,
    Range,
    Test,
)
from ollama_watch.verify.kinds import Kinds

_OTHER = {
    ">=": (">", "<"),
    ">": (">=", "<="),
    "<=": ("<", ">"),
    "<": ("<=", ">="),
    "==": ("!=",),
    "!=": ("==",),
}
_SWITCHES = ("on", "off", "auto")
_NOBODY = "no-such-word"

Altered = Iterator[tuple[str, Test]]  # what was altered, for people; the test


def altered_tests(test: Test, fact: str, kinds: Kinds) -> Altered:
    """Yield each; `fact`: what it is a test on, `kinds`: all facts that it may be compared with."""
    return _ALTER[type(test)](test, fact, kinds)


def _compared(test: Any, fact: str, kinds: Kinds) -> Altered:
    for sign in _OTHER[test.sign]:
        yield f"with {sign}", replace(test, sign=sign)
    match test.value:
        case bool():
            yield f"with {not test.value}", replace(test, value=not test.value)
        case int():
            yield "one more", replace(test, value=test.value + 1)
            yield "one less", replace(test, value=test.value - 1)
        case str() if test.value in _SWITCHES:
            for other in _SWITCHES:
                if other != test.value:
                    yield f"with {other}", replace(test, value=other)


def _to_fact(test: Any, fact: str, kinds: Kinds) -> Altered:
    for sign in _OTHER[test.sign]:
        yield f"with {sign}", replace(test, sign=sign)
    for other, kind in kinds.items():
        if kind == kinds[test.fact] and other not in (fact, test.fact):
            yield f"with {other}", replace(test, fact=other)


def _range(test: Any, fact: str, kinds: Kinds) -> Altered:
    yield "low one more", replace(test, low=test.low + 1)
    yield "low one less", replace(test, low=test.low - 1)
    yield "high one more", replace(test, high=test.high + 1)
    yield "high one less", replace(test, high=test.high - 1)


def _glob(test: Any, fact: str, kinds: Kinds) -> Altered:
    yield "negated", replace(test, negated=not test.negated)
    yield "with another word", replace(test, pattern=_NOBODY)


def _layers(test: Any, fact: str, kinds: Kinds) -> Altered:
    yield "as one", Compared(">=", 1)


def _any_of(test: Any, fact: str, kinds: Kinds) -> Altered:
    for at, item in enumerate(test.tests):
        before, after = test.tests[:at], test.tests[at + 1 :]
        yield f"without its {at + 1}.", AnyOf((*before, *after))
        for name, altered in altered_tests(item, fact, kinds):
            yield f"its {at + 1}. {name}", AnyOf((*before, altered, *after))


_ALTER: Mapping[type, Callable[[Any, str, Kinds], Altered]] = {
    Compared: _compared,
    ComparedToFact: _to_fact,
    Range: _range,
    Glob: _glob,
    AllLayers: _layers,
    AnyOf: _any_of,
}
