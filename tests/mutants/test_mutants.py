"""A shipped rule that is altered in one spot is another rule, and its cases say so."""

import pytest

from ollama_watch.app.workshop import open_workshop
from ollama_watch.verify.rule import Rule
from tests.mutants.hunt import ALIKE, survivors
from tests.mutants.mutate import mutants

WORKSHOP = open_workshop(None)


@pytest.mark.parametrize("rule", WORKSHOP.rules, ids=lambda rule: rule.id)
def test_no_alteration_of_a_shipped_rule_goes_unnoticed(rule: Rule) -> None:
    """Those that change nothing are named with their reason, and really change nothing."""
    left = {mutant.name for mutant in survivors(WORKSHOP, rule)}

    assert left == {name for of, name in ALIKE if of == rule.id}


def test_each_operator_has_alterations() -> None:
    made = {mutant.name for rule in WORKSHOP.rules for mutant in mutants(rule)}

    assert len(made) > 100
