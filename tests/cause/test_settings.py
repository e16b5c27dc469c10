"""Every way to a setting, in the order in which one outranks the other: `truth.py` holds the rows."""

from itertools import product

import pytest

from ollama_watch.cause.endpoints import ENDPOINTS, carries
from ollama_watch.cause.options import OPTIONS
from ollama_watch.cause.settings import FACTS, Way, era, fact_named, ways
from ollama_watch.verify.facts import FACTS as ALL_FACTS
from tests.cause.truth import RELEASES, SETTABLE, Row, release


def way(fact: str, source: str, text: str | None, engine: str | None = None) -> Way:
    found = ways(fact, release(text) if text else None, engine)
    return next(one for one in found if one.source == source)


@pytest.mark.parametrize("row", SETTABLE, ids=lambda row: "-".join(row.what))
def test_a_source_reaches_the_launch_in_the_releases_that_know_it(row: Row) -> None:
    fact, source = row.what

    for text, cell in row.claims():
        assert (text, way(fact, source, text).settable) == (text, cell == "y")


def test_the_table_has_every_fact_and_source() -> None:
    assert {row.what for row in SETTABLE} == set(product(FACTS, ("request", "v1", "model", "environment")))
    assert set(FACTS) <= set(ALL_FACTS)


@pytest.mark.parametrize(("fact", "text"), list(product(FACTS, RELEASES)))
def test_ways_come_in_order_of_precedence(fact: str, text: str) -> None:
    order = [one.source for one in ways(fact, release(text))]
    assert way(fact, "built-in", text).settable is False

    assert order == ["request", "v1", "model", "environment", "built-in"]


@pytest.mark.parametrize(("fact", "text"), list(product(FACTS, RELEASES)))
def test_what_cannot_be_set_says_why(fact: str, text: str) -> None:
    assert all(one.note for one in ways(fact, release(text)) if one.settable is False)


@pytest.mark.parametrize(
    ("fact", "source", "last_without", "first_with"),
    [
        ("ctx_per_slot", "environment", "0.5.12", "0.5.13"),
        ("ctx_per_slot", "environment", "0.5.12", "0.5.13-rc0"),
        ("kv_cache_type", "environment", "0.4.7", "0.5.0"),
        ("flash_attention", "environment", "0.1.38", "0.1.39"),
        ("parallel", "environment", "0.1.32", "0.1.33"),
        ("mlock", "request", "0.7.0", "0.6.8"),
        ("mlock", "model", "0.7.0-rc0", "0.6.8"),
    ],
)
def test_a_boundary_lies_between_two_releases(
    fact: str, source: str, last_without: str, first_with: str
) -> None:
    assert way(fact, source, last_without).settable is False
    assert way(fact, source, first_with).settable is True


def test_a_request_names_the_endpoints_that_carry_it() -> None:
    everything = ("/api/generate", "/api/chat", "/api/embed", "/api/embeddings")

    assert way("ctx_per_slot", "request", "0.12.6").endpoints == everything
    assert way("ctx_per_slot", "request", "0.2.5").endpoints == tuple(
        path for path in everything if path != "/api/embed"
    )
    assert way("mlock", "request", "0.12.6").endpoints == ()


@pytest.mark.parametrize("text", RELEASES)
def test_no_endpoint_under_v1_carries_what_acts_on_a_launch(text: str) -> None:
    """The issue: nothing of the runner's."""
    for path, option in product(ENDPOINTS, OPTIONS):
        if path.startswith("/v1/"):
            assert not carries(path, option, release(text))


def test_an_unknown_release_leaves_open_what_hangs_on_it() -> None:
    assert way("ctx_per_slot", "request", None).settable is True
    assert way("ctx_per_slot", "environment", None).settable is None
    assert way("mlock", "model", None).settable is None
    assert way("ctx_per_slot", "v1", None).settable is False


@pytest.mark.parametrize("fact", ["main_gpu", "mmap", "mlock"])
def test_the_new_engine_ignores_some(fact: str) -> None:
    text = "0.6.8"

    assert way(fact, "request", text).settable is True
    assert way(fact, "request", text, "ollama-engine").settable is False
    assert way("ctx_per_slot", "request", text, "ollama-engine").settable is True


@pytest.mark.parametrize(
    ("fact", "text", "words"),
    [
        ("ctx_per_slot", "0.1.20", "not known"),
        ("ctx_per_slot", "0.6.6", "2048"),
        ("ctx_per_slot", "0.6.7", "4096"),
        ("ctx_per_slot", "0.15.4", "4096"),
        ("ctx_per_slot", "0.15.5", "4096 or 32768 or 262144, by VRAM"),
        ("batch_size", "0.11.10", "512"),
        ("batch_size", "0.11.11", "512, or the context if that is smaller"),
        ("batch_size", "0.24.0", "512, or the context if that is smaller"),
        ("batch_size", "0.30.0", "512, 1024 or 2048, by context and memory"),
        ("main_gpu", "0.24.0", "0"),
        ("main_gpu", "0.30.0", "by the scheduler"),
        ("mmap", "0.1.44", "true"),
        ("mmap", "0.1.45", "by memory and platform"),
        ("parallel", "0.1.20", "1"),
        ("parallel", "0.1.48", "1"),
        ("parallel", "0.2.0", "4, or 1 if that does not fit"),
        ("parallel", "0.6.6", "4, or 1 if that does not fit"),
        ("parallel", "0.6.7", "2, or 1 if that does not fit"),
        ("parallel", "0.9.6", "2, or 1 if that does not fit"),
        ("parallel", "0.10.0", "1"),
        ("flash_attention", "0.11.7", "off"),
        ("flash_attention", "0.11.8", "off, on for some architectures"),
        ("flash_attention", "0.13.3", "off, on for some architectures"),
        ("flash_attention", "0.13.4", "auto, or by architecture in the new engine"),
        ("flash_attention", "0.30.0", "auto"),
    ],
)
def test_what_a_release_gives_by_itself_is_named(fact: str, text: str, words: str) -> None:
    assert way(fact, "built-in", text).name == words


@pytest.mark.parametrize(("text", "multiply"), [("0.1.32", False), ("0.1.33", True), ("0.1.34", False)])
def test_one_release_does_not_multiply_the_context(text: str, multiply: bool) -> None:  # noqa: FBT001
    assert ("multiply" in way("ctx_per_slot", "model", text).note) == multiply


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("0.11.4", "command-line"),
        ("0.11.5", "load-request"),
        ("0.24.0", "load-request"),
        ("0.30.0", "llama-server"),
    ],
)
def test_a_release_tells_of_its_launches_in_one_wording(text: str, wording: str) -> None:
    assert era(release(text)) == wording


@pytest.mark.parametrize(
    ("word", "fact"),
    [("context", "ctx_per_slot"), ("parallel", "parallel"), ("ctx_per_slot", "ctx_per_slot"), ("port", None)],
)
def test_people_may_say_context(word: str, fact: str | None) -> None:
    assert fact_named(word) == fact


def test_a_fact_that_nobody_sets_is_refused() -> None:
    with pytest.raises(KeyError):
        ways("ctx_trained", release("0.12.6"))
