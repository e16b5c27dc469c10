"""How values are compared: one row an operator, each a pure predicate."""

import operator
from collections.abc import Callable, Mapping

from ollama_watch.parse.version import Version, version

Comparable = int | float | str | Version
OPERATORS: Mapping[str, Callable[[Comparable, Comparable], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "!=": operator.ne,
    "==": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}  # the longer first: they are tried in this order
ORDERED = frozenset((">=", "<=", ">", "<"))


def compare(sign: str, left: object, right: object) -> bool | None:
    """Return whether `left sign right`, None if one is unknown or they cannot be compared.

    A tuple stands for all that a value may be: the answer is known only if it is the same for each.
    """
    if left is None or right is None:
        return None
    if isinstance(left, tuple):
        return _same(compare(sign, one, right) for one in left)
    if isinstance(right, tuple):
        return _same(compare(sign, left, one) for one in right)
    if isinstance(left, str) and isinstance(right, str):
        releases = version(left), version(right)
        if None not in releases:  # v0.15.5 is 0.15.5, and below 0.16.0
            left, right = releases
        elif sign in ORDERED:
            return None
    try:
        return bool(OPERATORS[sign](left, right))  # type: ignore[arg-type]  # checked by the except
    except TypeError:
        return None


def _same(answers: object) -> bool | None:
    found = set(answers)  # type: ignore[call-overload]  # any iterable
    return found.pop() if len(found) == 1 else None
