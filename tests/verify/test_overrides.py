"""A user's file changes single keys of a shipped rule; what it does not name stays as it is shipped."""

import pytest

from ollama_watch.verify.rule import Rule
from ollama_watch.verify.rulefile import load_rules
from ollama_watch.verify.shipped import shipped_rules
from tests.verify.ruletext import complaints

SHIPPED = """\
rules:
  - id: a
    severity: info
    summary: "{model} a"
    expect: {parallel: 1}
    unless: {small: {ctx_trained: 5}}
    repeat: 1h30m
  - {id: b, severity: critical, summary: b, on: prompt_truncated, count: 3, within: 90s}
"""


def rules(*users: str) -> dict[str, Rule]:
    own = [(f"user{number}.yaml", text) for number, text in enumerate(users)]
    return {rule.id: rule for rule in load_rules([("shipped.yaml", SHIPPED)], own)}


def test_one_key_is_changed_and_the_others_stay() -> None:
    before, after = rules()["a"], rules("rules: [{id: a, severity: warning}]")["a"]

    assert (after.severity, after.origin) == ("warning", "user0.yaml")
    assert (after.summary, after.expect, after.unless) == (before.summary, before.expect, before.unless)


def test_a_key_is_replaced_whole() -> None:
    after = rules("rules: [{id: a, unless: {other: {embedding: true}}}]")["a"]

    assert list(after.unless) == ["other"]


def test_a_shipped_rule_is_switched_off_and_on() -> None:
    off = "rules: [{id: a, enabled: off}]"

    assert rules(off)["a"].enabled is False
    assert rules(off, "rules: [{id: a, enabled: on}]")["a"].enabled is True


def test_an_event_rule_keeps_its_event_and_its_fields() -> None:
    after = rules('rules: [{id: b, when: {dropped: "> 100", count: "> 5"}}]')["b"]

    assert (after.on, after.count, after.within) == ("prompt_truncated", 3, 90.0)
    assert [condition.fact for condition in after.when] == ["dropped", "count"]


def test_fields_of_another_event_are_unknown() -> None:
    (error,) = complaints("rules: [{id: b, when: {requested: 5}}]", shipped=SHIPPED)

    assert error.message == "unknown fact 'requested'"


def test_the_last_file_counts_and_order_stays() -> None:
    changed = rules("rules: [{id: b, severity: info}]", "rules: [{id: b, severity: warning}]")

    assert list(changed) == ["a", "b"]
    assert changed["b"].severity == "warning"


def test_rules_of_ones_own_come_after_the_shipped_ones() -> None:
    own = "rules: [{id: 0-mine, severity: info, summary: s, expect: {parallel: 1}}]"

    assert list(rules(own)) == ["a", "b", "0-mine"]


def test_an_id_that_nothing_ships_needs_a_whole_rule() -> None:
    told = [
        error.message for error in complaints("rules: [{id: context-smal, enabled: false}]", shipped=SHIPPED)
    ]

    assert "rule 'context-smal' expects nothing" in told


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("0s", 0), ("1500ms", 1.5), ("90s", 90), ("10m", 600), ("24h", 86400), ("7d", 604800), ("1h30m", 5400)],
)
def test_spans(written: str, seconds: float) -> None:
    assert rules(f"rules: [{{id: a, for: {written}}}]")["a"].pending_for == seconds


def test_shipped_rules_load_and_keep_their_order() -> None:
    loaded = load_rules(shipped_rules())

    assert [rule.id for rule in loaded] == sorted(rule.id for rule in loaded)


WHOLE = "rules: [{id: mine, severity: info, summary: s, expect: {parallel: %d}}]"


def test_two_files_that_each_define_a_rule_of_one_id_are_a_mistake() -> None:
    """The first would be a hybrid: with the exceptions of one and the conditions of the other."""
    (error,) = complaints(WHOLE % 1, WHOLE % 2)

    assert (error.message, str(error.place)) == ("rule 'mine' is given twice", "b.yaml:1:14")
    assert "a.yaml:1:14" in error.hint


def test_a_second_definition_is_held_against_no_other_rule() -> None:
    (error,) = complaints(WHOLE % 1, "rules: [{id: mine, severity: info, summary: s, on: thrashing}]")

    assert error.message == "rule 'mine' is given twice"


@pytest.mark.parametrize(
    "later",
    [
        "rules: [{id: mine, severity: warning}]",
        "rules: [{id: other, on: thrashing, severity: info, summary: s}]",
    ],
)
def test_a_file_may_change_keys_of_another_ones_rule(later: str) -> None:
    assert complaints(WHOLE % 1, later) == []


def test_a_file_that_is_read_twice_is_no_second_one() -> None:
    text = WHOLE % 1

    (rule,) = load_rules([], [("a.yaml", text), ("a.yaml", text)])
    assert rule.id == "mine"


def test_a_shipped_rule_may_be_given_whole() -> None:
    assert (
        complaints("rules: [{id: a, severity: info, summary: s, expect: {parallel: 2}}]", shipped=SHIPPED)
        == []
    )
