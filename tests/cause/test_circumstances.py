"""What else a value hangs on, and the sentence that says so."""

import pytest

from ollama_watch.cause.won import UNTOLD, decide
from ollama_watch.model import Value
from tests.cause.truth import plain, release

METAL = {"library": "metal"}
NEW = {"engine": "ollama-engine"}


@pytest.mark.parametrize(
    ("fact", "text", "given", "known", "value", "step"),
    [
        ("mmap", "0.5.7", {"request": True}, {**METAL, "fits": None}, None, "not all layers fit"),
        ("mmap", "0.5.7", {"request": True}, {**METAL, "fits": False}, False, "not all layers fit"),
        ("mmap", "0.5.7", {"request": True}, {"library": None, "fits": False}, None, "not all layers fit"),
        ("mlock", "0.6.8", {"request": True}, NEW, False, "the new engine ignores it"),
        ("main_gpu", "0.30.11", {}, {}, None, "automatic: the scheduler chooses"),
        ("gpu_layers", "0.24.0", {}, {"library": "cpu"}, 0, "there is no GPU"),
        ("flash_attention", "0.30.11", {}, {"flash_supported": False}, "off", "a GPU does not support it"),
        ("flash_attention", "0.12.6", {}, {"architecture": None}, None, "on for some architectures"),
        ("flash_attention", "0.5.7", {"environment": "1"}, {"library": "cpu"}, "off",
         "dropped: cpu does not support it in this release"),
        ("flash_attention", "0.12.6", {"environment": "off"}, {}, "on", "counts as yes"),
        ("flash_attention", "0.12.6", {"environment": "1"}, {"embedding": None}, None, "whether the model"),
        ("flash_attention", "0.12.6", {"environment": "1"}, {"architecture": None}, None, "whether the"),
        ("batch_size", "0.30.11", {"request": 700}, {"embedding": None}, None, "whether it is an embedding"),
        ("kv_cache_type", "0.12.6", {"environment": "q8_0"}, {"flash_attention": "off"}, "f16",
         "dropped: it needs flash attention, which is off"),
        ("parallel", "0.12.6", {"environment": "4"}, {"embedding": True}, 1, "1 for an embedding model"),
        ("parallel", "0.5.7", {}, {"fits": False}, 1, "for not all of it fits on GPUs"),
        ("ctx_per_slot", "0.1.33", {"request": 8192}, {"parallel": 4}, 2048, "shared by 4 slots"),
        ("ctx_per_slot", "0.5.7", {"request": 8192}, {"engine": "mlx"}, None, "no argument of this engine"),
        ("batch_size", "0.12.6", {"request": 1024}, {"num_ctx": 700}, 700, "cut to the context of 700"),
    ],
)  # fmt: skip
def test_a_sentence_says_what_it_hangs_on(
    fact: str, text: str, given: dict[str, Value], known: dict[str, object], value: Value, step: str
) -> None:
    won = decide(fact, release(text), loaded=plain(text, **known), **given)  # type: ignore[arg-type]

    assert won.value == value
    assert any(step in said for said in won.steps), won.steps


@pytest.mark.parametrize(
    ("fact", "text", "given", "known"),
    [
        ("ctx_per_slot", "0.12.6", {"request": 8192}, {"trained": 8192}),
        ("ctx_per_slot", "0.12.6", {"request": 4}, {}),
        ("ctx_per_slot", "0.1.33", {"request": 8192}, {"parallel": 1}),
        ("ctx_per_slot", "0.32.15", {"request": 3072}, {}),
        ("mmap", "0.5.7", {"request": True}, {**METAL, "fits": True}),
        ("mmap", "0.12.6", {"request": True}, {**METAL, "fits": False}),
        ("main_gpu", "0.30.11", {"request": 1}, {}),
        ("gpu_layers", "0.12.6", {"request": 0}, {"library": "cpu"}),
        ("flash_attention", "0.12.6", {"environment": "1"}, {}),
        ("batch_size", "0.12.6", {"request": 700}, {"num_ctx": 700}),
        ("batch_size", "0.30.11", {"request": 700}, {}),
        ("flash_attention", "0.5.7", {"environment": "1"}, {"architecture": None}),
        ("kv_cache_type", "0.12.6", {"environment": "q8_0"}, {"flash_attention": "on"}),
    ],
)
def test_nothing_is_said_where_a_value_came_through(
    fact: str, text: str, given: dict[str, Value], known: dict[str, object]
) -> None:
    won = decide(fact, release(text), loaded=plain(text, **known), **given)  # type: ignore[arg-type]

    (value,) = given.values()
    assert won.value == ("on" if fact == "flash_attention" else value)
    assert won.steps == ()


def test_a_server_whose_environment_nobody_saw_may_have_been_told() -> None:
    won = decide("flash_attention", release("0.12.6"), environment=UNTOLD, loaded=plain("0.12.6"))

    assert (won.source, won.value) == ("unknown", None)
    assert "OLLAMA_FLASH_ATTENTION" in won.steps[-1]


def test_a_variable_that_its_release_does_not_read_may_stay_unseen() -> None:
    won = decide("ctx_per_slot", release("0.5.7"), environment=UNTOLD, loaded=plain("0.5.7"))

    assert (won.source, won.value) == ("built-in", 2048)


def test_a_release_candidate_has_what_its_release_has() -> None:
    automatic, known = release("0.15.5-rc0"), release("0.5.13-rc0")

    assert decide("ctx_per_slot", automatic, environment="0", loaded=plain("0.15.5")).source == "built-in"
    assert decide("ctx_per_slot", known, environment="9").source == "environment"
