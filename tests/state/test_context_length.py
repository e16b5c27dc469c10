"""OLLAMA_CONTEXT_LENGTH counts where the start line proves that somebody set it.

From 0.5.13 to 0.15.4 the line shows the built-in default for an unset variable, later 0.
"""

import pytest

from ollama_watch.model import Facts
from tests.support.checked import facts
from tests.support.ollama_log import LLAMA_SERVER, LOAD_REQUEST, OllamaLog

NOBODY = (None, "none")


def wanted(found: Facts) -> tuple[object, object]:
    return found["ctx_wanted"], found["ctx_wanted_from"]


def shows(release: str, value: object, tier: int | None = None) -> Facts:
    """Return the facts of a launch under a server whose start line shows `value`."""
    log = OllamaLog().server(release, {"OLLAMA_CONTEXT_LENGTH": value}, tier=tier)
    return facts(str(log.runs(ctx=16384)))


@pytest.mark.parametrize(
    ("release", "value"),
    [("0.5.12", 8192), ("0.5.13", 2048), ("0.6.6", 2048), ("0.6.7", 4096), ("0.15.4", 4096), ("0.15.5", 0)],
)
def test_a_value_that_an_unset_variable_shows_proves_nothing(release: str, value: int) -> None:
    found = shows(release, value)

    assert wanted(found) == NOBODY
    assert found["ctx_default"] == found["ctx_builtin"]


@pytest.mark.parametrize(
    ("release", "value"),
    [
        ("0.5.13", 8192),
        ("0.5.13", 4096),
        ("0.6.6", 4096),
        ("0.6.7", 2048),
        ("0.15.4", 2048),
        ("0.15.4", 32768),
        ("0.15.5", 4096),
        ("0.32.1", 4096),
        ("0.32.1", 32768),
    ],
)
def test_any_other_value_is_somebodys_wish_and_moves_the_default(release: str, value: int) -> None:
    found = shows(release, value)

    assert wanted(found) == (value, "environment")
    assert found["ctx_default"] == value


def test_the_announced_tier_does_not_outrank_the_variable() -> None:
    """The server announces its tier even where the variable is set."""
    found = shows("0.32.1", 32768, tier=4096)

    assert (found["ctx_builtin"], found["ctx_default"]) == (4096, 32768)


@pytest.mark.parametrize(
    ("value", "expected"), [(0, NOBODY), (2048, NOBODY), (4096, NOBODY), (8192, (8192, "environment"))]
)
@pytest.mark.parametrize("era", [LOAD_REQUEST, LLAMA_SERVER])
def test_while_the_version_is_unknown_a_value_proves_it_that_no_release_shows_for_none(
    era: str, value: int, expected: object
) -> None:
    log = OllamaLog(era).says(f'"server config" env="map[OLLAMA_CONTEXT_LENGTH:{value}]"')

    assert wanted(facts(str(log.runs(ctx=16384)))) == expected


def test_while_the_version_is_unknown_an_announced_tier_tells_that_unset_shows_0() -> None:
    log = OllamaLog().says('"server config" env="map[OLLAMA_CONTEXT_LENGTH:4096]"')
    log.says('"vram-based default context" total_vram="48.0 GiB" default_num_ctx=262144')

    assert wanted(facts(str(log.runs(ctx=16384)))) == (4096, "environment")


@pytest.mark.parametrize("shown", ["327...", "327…", "", "-1", "many", "9" * 30])
def test_a_value_that_is_no_number_or_was_cut_proves_nothing(shown: str) -> None:
    assert wanted(shows("0.32.1", shown)) == NOBODY


def test_variables_after_a_cut_are_not_known_to_be_unset() -> None:
    log = OllamaLog().raw(
        'time=2026-03-01T12:00:00Z level=INFO msg="server config" env="map[OLLAMA_CONTEXT_LEN'
    )

    assert facts(str(log.runs(ctx=16384)))["ctx_wanted"] is None


def test_a_wish_never_exceeds_what_the_model_was_trained_for() -> None:
    log = OllamaLog().server("0.32.1", {"OLLAMA_CONTEXT_LENGTH": 32768}).runs(ctx=8192, trained=8192)

    assert wanted(facts(str(log))) == (8192, "environment")


def test_the_variable_of_the_server_before_is_not_the_one_of_this() -> None:
    log = OllamaLog().server("0.32.1", {"OLLAMA_CONTEXT_LENGTH": 32768}).server("0.32.1")

    assert wanted(facts(str(log.runs(ctx=16384)))) == NOBODY
