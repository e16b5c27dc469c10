"""Whatever rule is accepted can be judged on whatever facts; whatever text is no rule is a user's mistake."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ollama_watch.errors import UserError
from ollama_watch.model import SEVERITIES, Facts
from ollama_watch.verify.judge import judge, render
from ollama_watch.verify.rule import Broken, Excused, Kept, NotFor, Rule, Unknown
from ollama_watch.verify.rulefile import load_rules
from tests.verify import anyrules
from tests.verify.rulefiles import BROKEN, GOOD, SHIPPED

TEXTS = [file.read_bytes().decode(errors="replace") for file in (*BROKEN, *GOOD, *SHIPPED)]
SIGNS = "\t\n\r !&*-:,#{}[]|>'\"%@`?~<=.\0\x85\u2028\ufeff\ud800"
PIECES = st.sampled_from([*SIGNS, "---\n", "...", "<<", "'''", "on"])


def loaded(values: Any) -> Rule:
    (rule,) = load_rules([], [("any.yaml", anyrules.as_yaml(values))])
    return rule


def judged(rule: Rule, facts: Facts) -> None:
    verdict = judge(rule, facts)

    assert isinstance(verdict, NotFor | Kept | Excused | Unknown | Broken)
    assert render(rule.summary, facts, "qwen3:8b").startswith("x")
    if isinstance(verdict, Broken):
        assert verdict.severity in SEVERITIES


@settings(max_examples=300, deadline=None, derandomize=True)
@given(anyrules.rules(), anyrules.facts())
def test_every_rule_that_the_tables_allow_is_read_and_judged(values: Any, facts: Facts) -> None:
    judged(loaded(values), facts)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(anyrules.rules(wild=True), anyrules.facts())
def test_every_rule_that_is_accepted_is_judged(values: Any, facts: Facts) -> None:
    try:
        rule = loaded(values)
    except UserError:
        return
    judged(rule, facts)


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """Return a rule file in which some pieces were cut out, doubled, or put in."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(start + draw(st.integers(0, 20)), len(text))
        text = text[:start] + draw(st.sampled_from(["", text[start:end] * 2]) | PIECES) + text[end:]
    return text


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(spoilt())
def test_no_text_is_worse_than_a_mistake(text: str) -> None:
    told = "any.yaml:"
    try:
        load_rules([], [("any.yaml", text)])
    except UserError as error:
        told = str(error)

    assert told.startswith("any.yaml:")
