"""How a value of each kind is written in a rule, and what it may be compared with: one row a kind.

The loader and the JSON Schema both read this table. Patterns mean the same in Python and in ECMAScript.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ollama_watch.model import Value

Kinds = Mapping[str, str]  # fact name -> kind, see `verify.facts`

TRUE, FALSE = ("true", "yes", "on"), ("false", "no", "off")


class Kind(NamedTuple):
    """One kind. Facts may be compared if their kinds have one noun."""

    noun: str
    write: str  # what a user may write
    literal: str  # pattern of a whole value; "": a glob
    read: Callable[[str], Value]
    ordered: bool = False  # may stand beside >= and the like
    words: tuple[str | bool, ...] = ()  # all values, if they are few


def any_case(words: tuple[str, ...]) -> str:
    """Return the pattern of `words` in capitals or not: JSON Schema's patterns have no flags."""
    return "|".join("".join(f"[{letter.upper()}{letter}]" for letter in word) for word in words)


def _switch(text: str) -> str:
    word = text.lower()
    return "on" if word in TRUE else "off" if word in FALSE else word


_COUNT = Kind("a number", '4, ">= 4" or 1..4', "[0-9]{1,15}", int, ordered=True)
_TOKENS = _COUNT._replace(write='8192, ">= 8192" or 2048..8192')
NUMBER = _COUNT.noun
_RELEASE = (
    r"(?!v?0+\.0+\.0+(?:-|$))v?[0-9]{1,6}(?:\.[0-9]{1,6}){2}"
    r"(?:-rc[0-9]{1,6})?(?:-[0-9]+-g[0-9a-f]+)?(?:-dirty)?"
)
KINDS: Mapping[str, Kind] = {
    "tokens": _TOKENS,
    "count": _COUNT,
    "default": _TOKENS,
    "bool": Kind(
        "true or false",
        "true or false",
        any_case((*TRUE, *FALSE)),
        lambda text: text.lower() in TRUE,
        words=(True, False),
    ),
    "switch": Kind(
        "on, off or auto",
        "on, off or auto",
        any_case((*TRUE, *FALSE, "auto")),
        _switch,
        words=("on", "off", "auto"),
    ),
    "version": Kind("a release", '0.15.5 or ">= 0.15.5"', _RELEASE, str, ordered=True),
    "word": Kind("a word", 'a word, a glob such as "llama-*", or "!mlx" for any other', "", str),
    "names": Kind("a list of names", 'a name, a glob such as "qwen*", or "!qwen*" for all others', "", str),
}
