"""What comes of a rule, and what unknown facts mean in each part of it."""

import pytest

from ollama_watch.model import Value
from ollama_watch.verify.judge import judge, render, shown
from ollama_watch.verify.rule import Broken, Excused, Kept, NotFor, Unknown, Verdict
from tests.verify.ruletext import NOTHING_KNOWN, rule

BODY = """\
when: {engine: llama-server, parallel: 1}
expect: {ctx_per_slot: ">= 8192", batch_size: "> 100"}
unless:
  small: {ctx_trained: "<= ctx_per_slot"}
  embedding: {embedding: true, library: cuda}
escalate:
  warning: {ctx_per_slot: "< 4096"}
  critical: {ctx_per_slot: "< 1024"}
"""
BASE: dict[str, Value] = {"engine": "llama-server", "parallel": 1, "ctx_per_slot": 4096, "batch_size": 512}
BROKEN = Broken("ctx_per_slot", "8192", 4096, "info")


def verdict(**facts: Value) -> Verdict:
    return judge(rule(BODY), {**NOTHING_KNOWN, **BASE, **facts})


def test_a_rule_is_broken_by_the_first_expectation_that_does_not_hold() -> None:
    assert verdict() == BROKEN
    assert verdict(ctx_per_slot=8192, batch_size=50) == Broken("batch_size", "> 100", 50, "info")


def test_a_rule_is_kept_if_all_expectations_hold() -> None:
    assert verdict(ctx_per_slot=8192) == Kept()


def test_a_rule_is_not_for_a_launch_that_fails_one_condition_of_when() -> None:
    assert verdict(engine="mlx") == NotFor()
    assert verdict(engine="mlx", parallel=None) == NotFor()


def test_unknown_in_when_applies() -> None:
    assert verdict(engine=None, parallel=None) == BROKEN


def test_unknown_in_expect_is_not_judged_and_named() -> None:
    assert verdict(ctx_per_slot=None) == Unknown("ctx_per_slot")
    assert verdict(ctx_per_slot=8192, batch_size=None) == Unknown("batch_size")


def test_what_does_not_hold_outweighs_what_is_unknown() -> None:
    assert verdict(batch_size=None) == BROKEN
    assert verdict(ctx_per_slot=None, batch_size=50) == Broken("batch_size", "> 100", 50, "info")


def test_the_unknown_side_of_a_comparison_is_named() -> None:
    compares = rule('expect: {ctx_per_slot: ">= ctx_wanted"}')

    assert judge(compares, {**NOTHING_KNOWN, "ctx_per_slot": 4096}) == Unknown("ctx_wanted")
    assert judge(compares, NOTHING_KNOWN) == Unknown("ctx_per_slot")


def test_all_layers_are_unknown_while_nobody_knows_how_many_there_are() -> None:
    whole = rule("expect: {gpu_layers: all}")

    assert judge(whole, {**NOTHING_KNOWN, "gpu_layers": 29}) == Unknown("layers_total")
    assert judge(whole, NOTHING_KNOWN) == Unknown("gpu_layers")


def test_an_exception_excuses_if_all_of_it_holds() -> None:
    assert verdict(ctx_trained=4096) == Excused("small")
    assert verdict(embedding=True, library="cuda") == Excused("embedding")
    assert verdict(embedding=True, library="rocm") == BROKEN


def test_unknown_in_unless_does_not_excuse() -> None:
    assert verdict(embedding=True, library=None) == BROKEN


@pytest.mark.parametrize(("tokens", "severity"), [(8191, "info"), (4095, "warning"), (1023, "critical")])
def test_the_gravest_severity_whose_conditions_hold_counts(tokens: int, severity: str) -> None:
    found = verdict(ctx_per_slot=tokens)

    assert isinstance(found, Broken)
    assert found.severity == severity


def test_an_unknown_condition_makes_nothing_graver() -> None:
    graver = rule('expect: {parallel: 1}\nescalate: {critical: {ctx_per_slot: "< 100"}}')

    assert judge(graver, {**NOTHING_KNOWN, "parallel": 2}) == Broken("parallel", "1", 2, "info")


def test_the_expected_value_is_told_in_numbers() -> None:
    compares = rule('expect: {ctx_per_slot: ">= ctx_wanted"}')
    facts = {**NOTHING_KNOWN, "ctx_per_slot": 2048, "ctx_wanted": 32768}

    assert judge(compares, facts) == Broken("ctx_per_slot", "32768", 2048, "info")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("mmproj: /models/model/host.gguf", "/models/model/host.gguf"),
        ('mmproj: "*host*"', "*host*"),
        ("mmproj: [x-host, '!= host']", "x-host or != C:\\x"),
        ("mmproj: '!= host'", "!= C:\\x"),
        ("ctx_per_slot: '>=ctx_wanted'", "9"),
        ("ctx_per_slot: ['> ctx_wanted', 7]", "> 9 or 7"),
    ],
)
def test_only_what_it_is_compared_with_is_told_by_its_value(condition: str, expected: str) -> None:
    """A word may hold the name of a fact, and is told as it was written."""
    facts = {
        **NOTHING_KNOWN,
        "host": "C:\\x",
        "mmproj": "C:\\x",
        "model": ("a",),
        "ctx_per_slot": 5,
        "ctx_wanted": 9,
    }

    found = judge(rule(f"expect: {{{condition}}}"), facts)
    assert isinstance(found, Broken)
    assert found.expected == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "unknown"), (True, "yes"), (False, "no"), ((), "none"), ((1, 2), "1 or 2"), (7, "7"), ("x", "x")],
)
def test_values_as_people_read_them(value: Value, text: str) -> None:
    assert shown(value) == text


def test_a_summary_is_filled_in_once() -> None:
    """A hostile name does not fetch other facts."""
    assert render("{model}: {ctx_per_slot} of {parallel}", {"ctx_per_slot": 5}, "{parallel}") == (
        "{parallel}: 5 of unknown"
    )
