"""What the user wants of a model: by the configuration, by the server's variable, else by its history."""

import pytest

from ollama_watch.app.config import Want
from tests.support.checked import checked, facts
from tests.support.ollama_log import LLAMA_SERVER, OllamaLog

MINUTE, DAY = 60, 86400


def release(tier: int = 4096) -> OllamaLog:
    return OllamaLog().server("0.32.1", tier=tier)


def wanted(log: OllamaLog) -> tuple[object, object]:
    """Return the wish that the next launch of the model is held against."""
    found = facts(str(log.runs(ctx=4096)))
    return found["ctx_wanted"], found["ctx_wanted_from"]


NOTHING, SIXTEEN = (None, "none"), (16384, "history")


def test_a_first_launch_has_no_history() -> None:
    assert wanted(release()) == NOTHING


@pytest.mark.parametrize(("minutes", "expected"), [(9, NOTHING), (10, SIXTEEN), (600, SIXTEEN)])
def test_a_launch_left_alone_for_ten_minutes_was_wanted(minutes: int, expected: object) -> None:
    log = release().runs(ctx=16384).wait(minutes * MINUTE)

    assert wanted(log) == expected


def test_a_context_that_two_launches_had_was_wanted() -> None:
    log = release().runs(ctx=16384).runs(ctx=8192).runs(ctx=16384)

    assert wanted(log) == SIXTEEN


def test_the_newest_of_several_wishes_counts() -> None:
    log = release().runs(ctx=8192).wait(DAY).runs(ctx=16384).wait(DAY)

    assert wanted(log) == SIXTEEN


def test_a_value_that_never_lasted_does_not_replace_one_that_did() -> None:
    log = release().runs(ctx=16384).wait(DAY).runs(ctx=8192).wait(MINUTE)

    assert wanted(log) == SIXTEEN


@pytest.mark.parametrize(("days", "expected"), [(29, SIXTEEN), (31, NOTHING)])
def test_history_is_forgotten_after_thirty_days(days: int, expected: object) -> None:
    log = release().runs(ctx=16384).wait(days * DAY)

    assert wanted(log) == expected


def test_two_launches_more_than_thirty_days_apart_are_not_two() -> None:
    log = release().runs(ctx=16384).wait(MINUTE).runs(ctx=8192).wait(40 * DAY).runs(ctx=16384)

    assert wanted(log) == NOTHING


@pytest.mark.parametrize("ctx", [1024, 2048])
def test_nobody_wants_2048_or_less(ctx: int) -> None:
    assert wanted(release().runs(ctx=ctx).wait(DAY)) == NOTHING


def test_a_default_is_nobodys_wish() -> None:
    assert wanted(release(tier=32768).runs(ctx=32768).wait(DAY)) == NOTHING


def test_what_may_have_been_a_default_is_nobodys_wish() -> None:
    """Without the start of the server 32768 may be the tier of its card."""
    assert wanted(OllamaLog(LLAMA_SERVER).runs(ctx=32768).wait(DAY)) == NOTHING


def test_what_was_the_default_of_an_older_release_is_nobodys_wish() -> None:
    log = OllamaLog().server("0.15.4").runs(ctx=4096).wait(DAY).server("0.32.1", tier=32768)

    assert wanted(log) == NOTHING


def test_one_launch_as_the_variable_asked_was_wanted_however_short_it_was() -> None:
    log = OllamaLog().server("0.32.1", {"OLLAMA_CONTEXT_LENGTH": 16384}, tier=4096).runs(ctx=16384)

    assert wanted(log.wait(MINUTE).server("0.32.1", tier=4096)) == SIXTEEN


def test_a_launch_that_failed_to_start_was_wanted_by_nobody() -> None:
    log = release().launch(ctx=16384).says('"Load failed" error="no memory"').wait(DAY)

    assert wanted(log) == NOTHING


def test_the_history_of_one_model_is_not_anothers() -> None:
    assert wanted(release().runs("b", ctx=16384).wait(DAY)) == NOTHING


def test_history_is_counted_per_slot() -> None:
    log = release().runs(ctx=32768, parallel=2).wait(DAY)

    assert wanted(log) == SIXTEEN


def test_a_wish_from_history_never_exceeds_the_trained_length() -> None:
    log = release().runs(ctx=16384).wait(DAY).dump("a", context_length=8192)

    assert wanted(log) == (8192, "history")


def test_the_variable_outranks_history() -> None:
    log = release().runs(ctx=16384).wait(DAY).server("0.32.1", {"OLLAMA_CONTEXT_LENGTH": 8192})

    assert wanted(log) == (8192, "environment")


def test_the_configuration_outranks_both() -> None:
    log = release().runs(ctx=16384).wait(DAY).server("0.32.1", {"OLLAMA_CONTEXT_LENGTH": 8192}).runs(ctx=4096)

    found = checked(str(log), want={"*": 65536}).launches[-1].facts

    assert (found["ctx_wanted"], found["ctx_wanted_from"]) == (65536, "config")


def test_the_most_literal_pattern_of_the_configuration_counts() -> None:
    named = '"template selection" model=registry.ollama.ai/library/qwen3:8b'
    log = release().runs(ctx=4096).says(named)

    found = checked(str(log), want={"*": 8192, "qwen3:*": 16384, "qwen*": 32768}).launches[-1]

    assert found.facts["ctx_wanted"] == 16384


def test_a_pattern_without_a_context_wants_none() -> None:
    assert Want("*", None).context is None
