"""Rules and facts made at random from the tables, for hypothesis."""

from functools import cache
from typing import Any

import yaml
from hypothesis import strategies as st

from ollama_watch.model import SEVERITIES
from ollama_watch.verify.conditions import kinds_for
from ollama_watch.verify.conditiontext import LAYERS
from ollama_watch.verify.events import EVENTS
from ollama_watch.verify.kinds import KINDS, NUMBER
from ollama_watch.verify.operators import OPERATORS, ORDERED
from ollama_watch.verify.words import WORDS
from tests.verify.ruletext import NOTHING_KNOWN

Strategy = st.SearchStrategy[Any]

_tokens = st.integers(0, 10**15 - 1)
_ranges = st.tuples(_tokens, _tokens).map(lambda ends: f"{min(ends)}..{max(ends)}")
_releases = st.builds("{}.{}.{}".format, st.integers(0, 99), st.integers(0, 99), st.integers(1, 99))
_switches = st.sampled_from(["on", "off", "auto"])
_words = st.text("abqz019_.*?[]-", min_size=1, max_size=8)  # globs among them, and no fact
_WRITTEN = {  # values as they stand in a rule, by the noun of their kind
    NUMBER: _tokens.map(str) | _ranges,
    KINDS["bool"].noun: st.sampled_from(["true", "No", "on", "OFF"]),
    KINDS["switch"].noun: _switches | st.sampled_from(["yes", "FALSE"]),
    KINDS["version"].noun: _releases,
    KINDS["word"].noun: _words | _words.map("!{}".format),
    KINDS["names"].noun: _words | _words.map("!{}".format),
}
_KNOWN = {  # values as a launch has them
    NUMBER: _tokens,
    KINDS["bool"].noun: st.booleans(),
    KINDS["switch"].noun: _switches,
    KINDS["version"].noun: _releases | st.just("0.0.0"),
    KINDS["word"].noun: st.text(max_size=8),
    KINDS["names"].noun: st.lists(st.text(max_size=8), max_size=3).map(tuple),
}
_STRANGE = st.one_of(
    st.none(),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.text(max_size=8),
    st.lists(_tokens, max_size=3).map(tuple),
    st.frozensets(_tokens, max_size=3),
)
_NONSENSE = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just({"a": 1})


@cache
def _right(fact: str, on: str | None) -> Strategy:
    """Return what `fact` may be held against: values, comparisons, other facts, and lists of them."""
    kinds = kinds_for(on)
    kind = KINDS[kinds[fact]]
    signs = st.sampled_from([sign for sign in OPERATORS if kind.ordered or sign not in ORDERED])
    alike = [name for name in kinds if KINDS[kinds[name]].noun == kind.noun and name != fact]
    written = st.sampled_from(WORDS[fact]) if fact in WORDS else _WRITTEN[kind.noun]
    # A word that is also a fact's name means that fact behind a sign: `!= model` is no word.
    operands = written.filter(
        lambda text: not text.startswith("!") and ".." not in text and text not in kinds
    )
    single = written | st.builds("{}{}".format, signs, operands | st.sampled_from(alike or [""]).filter(bool))
    if fact in LAYERS:
        single |= st.just("all")
    return single | st.lists(single.filter(lambda text: not text.startswith("!")), min_size=1, max_size=3)


@cache
def _conditions(on: str | None, *, wild: bool) -> Strategy:
    wrong = _NONSENSE | st.lists(_NONSENSE, max_size=2)
    forms = {fact: _right(fact, on) | wrong if wild else _right(fact, on) for fact in kinds_for(on)}
    one = st.sampled_from(list(forms)).flatmap(lambda fact: st.tuples(st.just(fact), forms[fact]))
    return st.lists(one, min_size=1, max_size=2).map(dict)


@st.composite
def rules(draw: st.DrawFn, *, wild: bool = False) -> dict[str, Any]:
    """Return a rule file's values; `wild`: some of its conditions may be nonsense."""
    on = draw(st.none() | st.sampled_from(list(EVENTS)))
    some = _conditions(on, wild=wild)
    fields = draw(st.lists(st.sampled_from(list(kinds_for(on))), max_size=3))
    rule: dict[str, Any] = {
        "id": "any",
        "severity": SEVERITIES[0],
        "summary": "x " + " ".join(f"{{{name}}}" for name in fields),
        "when": draw(some),
        "unless": draw(st.dictionaries(st.sampled_from(["one", "other"]), some, max_size=1)),
        "escalate": draw(st.dictionaries(st.sampled_from(SEVERITIES[1:]), some, max_size=1)),
    }
    return {"rules": [rule | ({"on": on} if on else {"expect": draw(some)})]}


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    """Return every fact and some fields of events: known, unknown, or of a kind that they should not be."""
    kinds = {name: kind for on in EVENTS for name, kind in kinds_for(on).items()}
    names = draw(st.lists(st.sampled_from(list(kinds)), unique=True, max_size=8))
    return {**NOTHING_KNOWN, **{name: draw(_KNOWN[KINDS[kinds[name]].noun] | _STRANGE) for name in names}}


class _Plain(yaml.SafeDumper):
    """Writes out what occurs twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def as_yaml(values: Any) -> str:
    return yaml.dump(values, Dumper=_Plain, allow_unicode=True)
