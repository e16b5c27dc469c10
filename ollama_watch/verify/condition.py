"""One condition on one fact: what the user wrote, and whether it holds for a launch.

Three answers: True, False, and None where the log does not tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ollama_watch.model import Facts, Value
from ollama_watch.verify.operators import compare


@dataclass(frozen=True, slots=True)
class Compared:
    """`>= 8192`, `!= auto`, or a plain 8192 as `==`."""

    sign: str
    value: Value

    def holds(self, actual: Value, facts: Facts) -> bool | None:
        return compare(self.sign, actual, self.value)


@dataclass(frozen=True, slots=True)
class ComparedToFact:
    """`>= ctx_wanted`."""

    sign: str
    fact: str

    def holds(self, actual: Value, facts: Facts) -> bool | None:
        return compare(self.sign, actual, facts.get(self.fact))


@dataclass(frozen=True, slots=True)
class Range:
    """`2048..8192`, both ends included."""

    low: int
    high: int

    def holds(self, actual: Value, facts: Facts) -> bool | None:
        above, below = compare(">=", actual, self.low), compare("<=", actual, self.high)
        return False if False in (above, below) else None if None in (above, below) else True


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern for names and words; holds if any tag matches, negated if none does; no tags is unknown."""

    pattern: str
    negated: bool = False

    def holds(self, actual: Value, facts: Facts) -> bool | None:
        names = actual if isinstance(actual, tuple) else () if actual is None else (actual,)
        if not names:
            return None
        return any(fnmatchcase(str(name), self.pattern) for name in names) != self.negated


@dataclass(frozen=True, slots=True)
class AllLayers:
    """`all`: every layer is on the GPU; 999 asked for is all."""

    def holds(self, actual: Value, facts: Facts) -> bool | None:
        if isinstance(actual, int) and actual >= _ALL:
            return True
        return compare(">=", actual, facts.get("layers_total"))


@dataclass(frozen=True, slots=True)
class AnyOf:
    """A list: any of its conditions."""

    tests: "Sequence[Test]"

    def holds(self, actual: Value, facts: Facts) -> bool | None:
        answers = [test.holds(actual, facts) for test in self.tests]
        return True if True in answers else None if None in answers else False


Test = Compared | ComparedToFact | Range | Glob | AllLayers | AnyOf
_ALL = 999


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of `when`, `expect` or `unless`."""

    fact: str
    test: Test
    text: str  # as the user wrote it

    def holds(self, facts: Facts) -> bool | None:
        return self.test.holds(facts.get(self.fact), facts)


def all_hold(conditions: Sequence[Condition], facts: Facts) -> bool | None:
    """Return the answer of all conditions together: one that fails decides, then one unknown."""
    answers = [condition.holds(facts) for condition in conditions]
    return False if False in answers else None if None in answers else True
