"""Each shipped rule: a log that breaks it, and one that does not."""

from pathlib import Path

import pytest

from ollama_watch.verify.events import EVENTS
from ollama_watch.verify.facts import FACTS
from ollama_watch.verify.judge import FIELD
from ollama_watch.verify.rule import Rule
from tests.rules.case import Case
from tests.rules.context_cases import CONTEXT
from tests.rules.event_cases import EVENT
from tests.rules.launch_cases import LAUNCH
from tests.rules.number_cases import NUMBER
from tests.rules.shortfall_cases import SHORTFALL
from tests.rules.start_cases import START
from tests.support.checked import SHIPPED, checked

CASES = (*CONTEXT, *NUMBER, *LAUNCH, *EVENT, *START, *SHORTFALL)
RULES = {rule.id: rule for rule in SHIPPED}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_shipped_rule_finds_what_it_is_for_and_nothing_else(case: Case) -> None:
    opt_in = [] if RULES[case.rule].enabled else [f"rules: [{{id: {case.rule}, enabled: true}}]"]

    report = checked(str(case.log), want=case.want, enable=opt_in)

    assert tuple(found.severity for found in report.findings if found.rule == case.rule) == case.finds


def test_every_shipped_rule_has_a_case_that_fires_and_one_that_stays_quiet() -> None:
    fires = {case.rule for case in CASES if case.finds}
    quiet = {case.rule for case in CASES if not case.finds}

    assert set(RULES) - fires == set()
    assert set(RULES) - quiet == set()


def test_profiles_are_opt_in() -> None:
    cases = [case for case in CASES if not RULES[case.rule].enabled]

    found = [found.rule for case in cases for found in checked(str(case.log)).findings]

    assert {case.rule for case in cases} == {"qwen-coder-completion", "flash-attention-on-rocm"}
    assert {case.rule for case in cases} & set(found) == set()


@pytest.mark.parametrize("rule", RULES)
def test_a_shipped_rule_is_the_only_one_in_a_file_of_its_name(rule: str) -> None:
    origin = Path(RULES[rule].origin)

    assert origin.stem == rule
    assert [one.id for one in SHIPPED if one.origin == str(origin)] == [rule]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_shipped_rule_says_what_it_is_for_and_what_to_do(rule: Rule) -> None:
    assert rule.about
    assert rule.why
    assert rule.fix


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_what_to_do_holds_no_word_of_the_log_but_numbers(rule: Rule) -> None:
    """People type it: names and values are whatever somebody wrote."""
    fields = EVENTS[rule.on].fields if rule.on else {}
    kinds = {**{name: fact.kind for name, fact in FACTS.items()}, **fields}

    named = {name for text in rule.fix for name in FIELD.findall(text)}
    assert {kinds[name] for name in named} <= {"tokens", "count"}
