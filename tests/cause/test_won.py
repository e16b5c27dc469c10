"""Who wins and what it became, release by release: `truth.py` and `outcomes.py` hold the rows."""

import pytest

from ollama_watch.cause.became.circumstances import Loaded
from ollama_watch.cause.won import UNTOLD, decide
from ollama_watch.model import Value
from tests.cause.outcomes import BECAME, Became
from tests.cause.truth import PRECEDENCE, RELEASES, Row, plain, release

_SOURCES = {"r": "request", "m": "model", "e": "environment", "b": "built-in"}
_GIVEN: dict[str, dict[str, Value]] = {
    "ctx_per_slot": {"request": 8000, "model": 6000, "environment": "5000"},
    "batch_size": {"request": 256, "model": 128},
    "gpu_layers": {"request": 20, "model": 10},
    "threads": {"request": 4, "model": 2},
    "main_gpu": {"request": 1, "model": 2},
    "mmap": {"request": False, "model": True},
    "mlock": {"request": True, "model": True},
    "parallel": {"request": 3, "model": 3, "environment": "2"},
    "flash_attention": {"request": True, "model": True, "environment": "1"},
    "kv_cache_type": {"request": "q4_0", "model": "q4_0", "environment": "q8_0"},
}


@pytest.mark.parametrize("row", PRECEDENCE, ids=lambda row: "-".join(row.what))
def test_the_same_source_wins_as_in_that_release(row: Row) -> None:
    fact, setters = row.what
    given = {_SOURCES[letter]: _GIVEN[fact][_SOURCES[letter]] for letter in setters.strip("-")}

    for text, winner in row.claims():
        won = decide(fact, release(text), loaded=plain(text), **given)  # type: ignore[arg-type]
        assert (text, won.source) == (text, _SOURCES[winner])


@pytest.mark.parametrize("row", BECAME, ids=lambda row: f"{row.fact}-{row.given}-{row.known}")
def test_a_value_becomes_what_that_release_makes_of_it(row: Became) -> None:
    for text, letter in row.claims():
        loaded = plain(text, **row.known)
        won = decide(row.fact, release(text), loaded=loaded, **row.given)  # type: ignore[arg-type]
        assert (text, won.value) == (text, row.letters[letter])


@pytest.mark.parametrize("row", BECAME, ids=lambda row: f"{row.fact}-{row.given}-{row.known}")
def test_what_is_not_known_says_why(row: Became) -> None:
    for text, _ in row.claims():
        won = decide(row.fact, release(text), loaded=plain(text, **row.known), **row.given)  # type: ignore[arg-type]
        silent = row.fact in ("main_gpu", "mmap") and not row.given  # nobody asked, nobody obeys
        assert won.value is not None or won.steps or silent, text


def test_every_fact_is_in_every_table() -> None:
    for table in ({row.what[0] for row in PRECEDENCE}, {row.fact for row in BECAME}):
        assert table == set(_GIVEN)


@pytest.mark.parametrize(
    ("text", "given", "known", "sentence"),
    [
        ("0.12.6", {"request": 65536}, {"trained": 8192}, "capped at the trained length of 8192"),
        ("0.12.6", {"request": 1}, {}, "raised to 4: the least of any model"),
        ("0.12.6", {"request": 9000, "model": 6000, "environment": "5000"}, {},
         "the request's 9000 outranks the model's 6000"),
        ("0.12.6", {"model": 6000, "environment": "5000"}, {}, "the model's 6000 outranks the server's 5000"),
        ("0.5.7", {"environment": "5000"}, {},
         "the server's OLLAMA_CONTEXT_LENGTH has no effect in 0.5.7: known from 0.5.13 on"),
        ("0.12.6", {"environment": "32k"}, {},
         "OLLAMA_CONTEXT_LENGTH=32k is no number for 0.12.6: the default holds, with a warning, instead"),
        ("0.32.15", {"request": 3000}, {}, "3000 on the command line, which llama.cpp rounds up to 3072"),
    ],
)  # fmt: skip
def test_each_step_is_a_sentence(
    text: str, given: dict[str, Value], known: dict[str, object], sentence: str
) -> None:
    won = decide("ctx_per_slot", release(text), loaded=plain(text, **known), **given)  # type: ignore[arg-type]

    assert sentence in won.steps


@pytest.mark.parametrize("text", RELEASES)
def test_a_request_that_nobody_saw_may_have_won(text: str) -> None:
    won = decide("ctx_per_slot", release(text), request=UNTOLD, model=6000, loaded=plain(text))

    assert (won.source, won.value) == ("unknown", None)
    assert "num_ctx" in won.steps[-1]


@pytest.mark.parametrize("text", RELEASES)
def test_a_request_that_nobody_saw_cannot_set_slots(text: str) -> None:
    won = decide("parallel", release(text), request=UNTOLD, environment="2", loaded=plain(text))

    assert (won.source, won.value) == ("environment", 2)


def test_an_unseen_source_below_the_winner_changes_nothing() -> None:
    won = decide("ctx_per_slot", release("0.12.6"), request=8000, model=UNTOLD, loaded=plain("0.12.6"))

    assert (won.source, won.value, won.steps) == ("request", 8000, ())


def test_the_slots_of_0_1_33_share_what_was_asked_for() -> None:
    loaded = plain("0.1.33", parallel=4)

    assert decide("ctx_per_slot", release("0.1.33"), request=8192, loaded=loaded).value == 2048


def test_zero_is_no_context_from_0_15_5_on() -> None:
    won = decide("ctx_per_slot", release("0.24.0"), environment="0", builtin=32768, loaded=plain("0.24.0"))

    assert (won.source, won.value) == ("built-in", 32768)


def test_an_unknown_release_decides_nothing() -> None:
    assert decide("ctx_per_slot", None, request=8192).source == "unknown"


def test_nothing_known_of_the_model_is_never_taken_for_no() -> None:
    """A plain Loaded() leaves open whatever could change the value."""
    for fact, value in (("ctx_per_slot", 700), ("flash_attention", "1"), ("kv_cache_type", "q8_0")):
        source = "request" if fact == "ctx_per_slot" else "environment"
        won = decide(fact, release("0.13.5"), loaded=Loaded(), **{source: value})  # type: ignore[arg-type]
        assert (fact, won.value) == (fact, None)


def test_what_cannot_be_set_is_refused() -> None:
    with pytest.raises(KeyError):
        decide("port", release("0.12.6"))
