"""What is wanted of a setting: FACT=VALUE, as people write it."""

from ollama_watch.cause import options, remedies, settings
from ollama_watch.cause.withheld import CACHE_TYPES
from ollama_watch.errors import UserError
from ollama_watch.model import Value
from ollama_watch.verify.kinds import FALSE, TRUE
from ollama_watch.verify.slips import OTHER_NAMES, nearest

_SWITCHES = ("mmap", "mlock")
_ON, _OFF = (*TRUE, "1"), (*FALSE, "0")
_TYPES = {"flash_attention": ("on", "off", "auto"), "kv_cache_type": CACHE_TYPES}
_ALL = 999  # layers
_LONGEST = 9  # digits; tokens and counts are smaller


def wanted(text: str) -> tuple[str, Value]:
    """Return fact and value of FACT=VALUE; raises UserError."""
    named, equals, said = text.partition("=")
    name = named.strip()
    if not equals or not said.strip():
        raise UserError(f"--want {text!r} is no FACT=VALUE", hint="context=32768, flash_attention=on")
    word = name.lower().replace("-", "_").replace(" ", "_")
    option = options.OPTIONS.get(word)
    fact = settings.fact_named((option and option.fact) or OTHER_NAMES.get(word, word))
    if fact is None:
        raise UserError(f"{name!r} cannot be set", hint=nearest(name, settings.FACTS))
    return fact, _value(fact, said.strip())


def _value(fact: str, said: str) -> Value:
    word = said.lower()
    if fact in _TYPES:
        return _one_of(fact, word)
    if fact in _SWITCHES:
        if word not in (*_ON, *_OFF):
            raise UserError(f"{fact} is on or off, not {said!r}", hint=f"--want {fact}=off")
        return word in _ON
    if fact == "gpu_layers" and word == "all":
        return _ALL
    return _number(fact, said)


def _one_of(fact: str, word: str) -> str:
    if fact == "flash_attention":
        word = "on" if word in _ON else "off" if word in _OFF else word
    if word not in _TYPES[fact]:
        known = ", ".join(_TYPES[fact])
        raise UserError(f"{fact} is one of {known}, not {word!r}", hint=nearest(word, _TYPES[fact]))
    return word


def _number(fact: str, said: str) -> int:
    option = options.OF_FACT.get(fact)
    least = option.least if option else 1
    digits = said.removeprefix("-") if least < 0 else said
    if not digits.isascii() or not digits.isdigit() or len(digits) > _LONGEST:
        meant = remedies.number_meant(said) or 8192
        raise UserError(f"{fact} is a number, not {said!r}", hint=f"--want {fact}={meant}")
    if int(said) < least:
        raise UserError(f"{fact} is at least {least}, not {said}", hint=f"--want {fact}={max(least, 1)}")
    return int(said)
