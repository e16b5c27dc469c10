"""Why no rule follows from what was measured, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from ollama_watch.bench.pair import Pair
from ollama_watch.bench.settings import SETTINGS, said

_MOST = 4  # tests that are named one by one
_TEN = 0.0995  # as a share; is shown as 10 %


@dataclass(frozen=True, slots=True)
class Refused:
    """What no rule is made of."""

    setting: str  # key of `SETTINGS`, or llama-bench's name; empty: all of them
    model: str
    library: str
    reason: str

    def __str__(self) -> str:
        title = SETTINGS[self.setting].title if self.setting in SETTINGS else self.setting
        return f"{self.model}, {title}: {self.reason}" if title else f"{self.model}: {self.reason}"


def undecided(value: str, other: str, pairs: Sequence[Pair]) -> str:
    """Return why `value` is not the faster one; `pairs` are seen from it."""
    against = f"{said(value)} against {said(other)}"
    won, lost = (any(pair.verdict == sign for pair in pairs) for sign in (1, -1))
    if won and lost:
        shown = [f"{pair.test} {percent(pair.change)}" for pair in pairs]
        return f"tests disagree, {against}: {_listed(shown)}"
    shown = [
        f"{pair.test} {pair.run} and {pair.against} ({percent(pair.change)})"
        for pair in pairs
        if not pair.verdict
    ]
    return f"within the error, {against}: {_listed(shown)}"


def percent(share: float) -> str:
    """Return 0.123 as `+12 %`, with a decimal below ten."""
    return f"{share * 100:+.{0 if abs(share) >= _TEN else 1}f} %"


def _listed(shown: Sequence[str]) -> str:
    more = [f"and {len(shown) - _MOST} more"] if len(shown) > _MOST else []
    return ", ".join([*shown[:_MOST], *more])
