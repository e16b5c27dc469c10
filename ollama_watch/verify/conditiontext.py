"""Reading one condition from its text: a test on a fact, or what is wrong with the text."""

import re
from fnmatch import fnmatchcase
from typing import NamedTuple

from ollama_watch.verify.condition import AllLayers, Compared, ComparedToFact, Glob, Range, Test
from ollama_watch.verify.kinds import KINDS, NUMBER, Kind, Kinds
from ollama_watch.verify.operators import OPERATORS, ORDERED
from ollama_watch.verify.slips import WORD, meant, nearest, quoted
from ollama_watch.verify.words import SMALL, WORDS

NULL = ("null", "~")
LAYERS = frozenset(("gpu_layers", "layers_offloaded"))  # what `all` is for
RANGE = r"([0-9]{1,15})\s*\.\.\s*([0-9]{1,15})"
STRANGE = "[=<>~≥≤≠!]"  # begins no word: a sign that there is not
LATEST = ":latest"  # dropped from every tag

_SIGN = re.compile("|".join(re.escape(sign) for sign in OPERATORS))


class Wrong(NamedTuple):
    """A mistake; `word` is the part of the text that it is about, "" all of it."""

    message: str
    hint: str
    word: str = ""


def read(text: str, fact: str, kinds: Kinds) -> Test | Wrong:
    """Return what `fact: text` tests, or what to write instead."""
    text = text.strip()
    found = _read(text, fact, kinds)
    if isinstance(found, Wrong):
        hint = meant(text, lambda better: not isinstance(_read(better, fact, kinds), Wrong))
        return found._replace(hint=hint or found.hint)
    return found


def _read(text: str, fact: str, kinds: Kinds) -> Test | Wrong:
    kind = KINDS[kinds[fact]]
    found = _SIGN.match(text)
    sign = found[0] if found else ""
    operand = text[len(sign) :].strip()
    bare = operand.removeprefix("!").strip()
    if not bare or bare in NULL:
        what = f"{bare} is nothing" if bare else "nothing"
        return Wrong(f"{what} to hold {fact} against", f"write {kind.write}; or leave the line out")
    if sign and operand in kinds:
        return _other_fact(sign, operand, fact, kinds)
    if sign in ORDERED and not kind.ordered:
        return _unordered(sign, fact, kind)
    if span := re.fullmatch(RANGE, operand):
        return _range(sign, int(span[1]), int(span[2]), fact, kind)
    if kind.literal:
        return _value(sign, operand, text, fact, kinds)
    return _pattern(sign, operand, fact, kinds[fact])


def _other_fact(sign: str, other: str, fact: str, kinds: Kinds) -> Test | Wrong:
    mine, theirs = KINDS[kinds[fact]], KINDS[kinds[other]]
    if other == fact:
        return Wrong(f"{fact} is compared with itself", "compare it with another fact, or with a value")
    if mine.noun != theirs.noun:
        hint = f"compare {fact} with a fact that is {mine.noun} too"
        if not mine.literal:
            hint = f"for the word itself write {quoted('!' + other) if sign == '!=' else other}"
        return Wrong(f"{fact} is {mine.noun}, and the fact {other} is {theirs.noun}", hint, other)
    if sign in ORDERED and not mine.ordered:
        return _unordered(sign, fact, mine)
    return ComparedToFact(sign, other)


def _unordered(sign: str, fact: str, kind: Kind) -> Wrong:
    return Wrong(f"{fact} is {kind.noun}: {sign} cannot order it", f"write {kind.write}", sign)


def _range(sign: str, low: int, high: int, fact: str, kind: Kind) -> Test | Wrong:
    if kind.noun != NUMBER:
        return Wrong(f"{fact} is {kind.noun}: a range cannot hold it", f"write {kind.write}")
    if sign:
        return Wrong(f"{sign} before a range", f"write {low}..{high}, or one of its ends", sign)
    if low > high:
        return Wrong("no number is in this range", f"the smaller end comes first: {high}..{low}")
    return Range(low, high)


def _pattern(sign: str, text: str, fact: str, kind: str) -> Test | Wrong:
    negated = text.startswith("!")
    word = text[1:].strip() if negated else text
    if re.match(STRANGE, word):
        return Wrong(f"unknown sign before a word: {text!r}", f"write {KINDS[kind].write}")
    if negated and sign:
        return Wrong(f"{sign} and ! together", f"write {quoted('!' + word)}, or {quoted(word)} alone", text)
    if kind == "names" and word.endswith(LATEST):
        return Wrong(f"{LATEST} is dropped from every name", f"write {word.removesuffix(LATEST)}", LATEST)
    if fact in SMALL and re.search("[A-Z]", word):
        return Wrong(f"{fact} is told in small letters", f"write {word.lower()}", word)
    words = WORDS.get(fact, ())
    if words and not any(fnmatchcase(one, word) for one in words):
        return Wrong(f"{fact} is never {word[:WORD]!r}", nearest(word, words), word)
    return Glob(word, negated or sign == "!=")


def _value(sign: str, text: str, whole: str, fact: str, kinds: Kinds) -> Test | Wrong:
    kind = KINDS[kinds[fact]]
    if re.fullmatch(kind.literal, text):
        return Compared(sign or "==", kind.read(text))
    if text == "all" and fact in LAYERS and not sign:
        return AllLayers()
    if text == "all":
        hint = f"`all` stands alone, and for {' and '.join(sorted(LAYERS))} only"
        return Wrong(f"{sign or fact} cannot have `all`", hint)
    if sign and kind.noun == NUMBER and re.fullmatch("[a-z_]+", text):
        return Wrong(f"unknown fact {text!r}", nearest(text, kinds), text)
    shown = text if re.fullmatch(r"[\w.]+", text) else whole
    return Wrong(f"{fact} is {kind.noun}, not {shown!r}", f"write {kind.write}")
