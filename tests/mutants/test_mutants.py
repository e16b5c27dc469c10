"""A shipped rule that is altered in one spot is another rule, and its cases say so."""

import pytest

from ollama_watch.app.workshop import open_workshop
from ollama_watch.verify.rule import Rule
from tests.mutants.hunt import alike, survivors
from tests.mutants.mutate import mutants
from tests.verify.ruletext import rule

BODY = """\
on: context_capped
when:
  requested: "> trained"
  trained: [2048..8192, "< 100"]
  was_default: true
  flash_attention: auto
  gpu_layers: all
  model: "!qwen*"
unless: {asked: {config_wanted: 4096}}
escalate: {warning: {requested: "> 9"}}
count: 2
"""
NAMES = (
    "when: requested: > trained with >=",
    "when: requested: > trained with <=",
    "when: requested: > trained with ctx_size",
    "when: requested: > trained dropped",
    "when: trained: 2048..8192 or < 100 without its 1.",
    "when: trained: 2048..8192 or < 100 its 1. low one more",
    "when: trained: 2048..8192 or < 100 its 1. high one less",
    "when: trained: 2048..8192 or < 100 its 2. with <=",
    "when: trained: 2048..8192 or < 100 its 2. one more",
    "when: was_default: true with False",
    "when: was_default: true with !=",
    "when: flash_attention: auto with off",
    "when: gpu_layers: all as one",
    "when: model: !qwen* negated",
    "when: model: !qwen* with another word",
    "unless asked: dropped",
    "unless asked: config_wanted: 4096 one less",
    "escalate warning: dropped",
    "escalate warning: to critical",
    "severity critical",
    "tell once",
    "pending_for a minute",
    *(f"{span} {how}" for span in ("repeat", "hold", "within") for how in ("halved", "doubled")),
    "count one more",
    "count one less",
)
WORKSHOP = open_workshop(None)


@pytest.mark.parametrize("shipped", WORKSHOP.rules, ids=lambda shipped: shipped.id)
def test_no_alteration_of_a_shipped_rule_goes_unnoticed(shipped: Rule) -> None:
    """Those that change nothing are named with their reason, and really change nothing."""
    left = {mutant.name for mutant in survivors(WORKSHOP, shipped)}

    assert left == alike(shipped)


def test_each_key_and_each_part_of_a_condition_has_alterations() -> None:
    """Of a rule with every kind of condition, which no shipped one has."""
    names = {mutant.name for mutant in mutants(rule(BODY))}

    assert names >= set(NAMES)
