"""Each shipped rule: its cases, and what a file of it has to hold."""

from pathlib import Path

import pytest

from ollama_watch.app.workshop import open_workshop
from ollama_watch.verify.case import Case
from ollama_watch.verify.events import EVENTS
from ollama_watch.verify.facts import FACTS
from ollama_watch.verify.judge import FIELD
from ollama_watch.verify.rule import Rule
from tests.support.checked import SHIPPED, found
from tests.support.checked import checked as as_shipped

WORKSHOP = open_workshop(None)
RULES = {rule.id: rule for rule in SHIPPED}


@pytest.mark.parametrize("case", WORKSHOP.cases, ids=lambda case: f"{case.rule}: {case.name}")
def test_a_shipped_rule_finds_what_it_is_for_and_nothing_else(case: Case) -> None:
    played = WORKSHOP.play(case)

    assert played.passed, played.misses


def test_every_shipped_rule_has_a_case_that_fires_and_one_that_stays_quiet() -> None:
    """In log lines: facts alone show no log that brings them about. What is seen at processes is in none."""
    of_processes = {rule.id for rule in SHIPPED if rule.on and not EVENTS[rule.on].in_log}
    in_lines = [(case, moment) for case in WORKSHOP.cases if case.facts is None for moment in case.moments]
    fires = {case.rule for case, moment in in_lines if moment.alerts}
    quiet = {case.rule for case, moment in in_lines if not moment.alerts}

    assert set(RULES) - fires == of_processes
    assert set(RULES) - quiet == of_processes
    assert of_processes <= {case.rule for case in WORKSHOP.cases}


def test_profiles_are_opt_in() -> None:
    profiles = {rule.id for rule in SHIPPED if not rule.enabled}

    told = {
        rule for case in WORKSHOP.cases if case.rule in profiles for rule, _ in found(as_shipped(case.log))
    }

    assert profiles == {"qwen-coder-completion", "flash-attention-on-rocm"}
    assert profiles & told == set()


@pytest.mark.parametrize("rule", RULES)
def test_a_shipped_rule_is_the_only_one_in_a_file_of_its_name(rule: str) -> None:
    origin = Path(RULES[rule].origin)

    assert origin.stem == rule
    assert [one.id for one in SHIPPED if one.origin == str(origin)] == [rule]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_what_to_do_holds_no_word_of_the_log_but_numbers(rule: Rule) -> None:
    """People type it: names and values are whatever somebody wrote."""
    fields = EVENTS[rule.on].fields if rule.on else {}
    kinds = {**{name: fact.kind for name, fact in FACTS.items()}, **fields}

    named = {name for text in rule.fix for name in FIELD.findall(text)}
    assert {kinds[name] for name in named} <= {"tokens", "count"}
