"""What a condition may be, and whether it holds: yes, no, or not known."""

import pytest

from ollama_watch.model import Value
from tests.verify.ruletext import NOTHING_KNOWN, rule


def holds(fact: str, written: str, actual: Value, **others: Value) -> bool | None:
    """Return the answer to `fact: written`, as it stands in a rule."""
    (condition,) = rule(f"expect: {{{fact}: {written}}}").expect
    return condition.holds({**NOTHING_KNOWN, **others, fact: actual})


@pytest.mark.parametrize(
    ("written", "yes", "no"),
    [
        ("8192", 8192, 8191),
        ('">= 8192"', 8192, 8191),
        ('">8192"', 8193, 8192),
        ('"<= 8192"', 8192, 8193),
        ('"< 8192"', 8191, 8192),
        ('"== 8192"', 8192, 8193),
        ('"!= 8192"', 8193, 8192),
        ("2048..8192", 2048, 2047),
        ('"2048 .. 8192"', 8192, 8193),
        ("[2048, 4096]", 4096, 3000),
        ('["< 100", 1000..2000]', 1500, 500),
    ],
)
def test_numbers(written: str, yes: int, no: int) -> None:
    assert holds("ctx_per_slot", written, yes) is True
    assert holds("ctx_per_slot", written, no) is False
    assert holds("ctx_per_slot", written, None) is None


@pytest.mark.parametrize("written", ["on", "yes", "true", '"on"', "On", '"== on"', "[on, auto]", '"!= off"'])
def test_on_is_on_however_yaml_reads_it(written: str) -> None:
    assert holds("flash_attention", written, "on") is True
    assert holds("flash_attention", written, "off") is False


@pytest.mark.parametrize("written", ["off", "no", "false", '"off"', "OFF", '"!= on"'])
def test_off_is_off_however_yaml_reads_it(written: str) -> None:
    assert holds("flash_attention", written, "off") is True
    assert holds("flash_attention", written, "on") is False


@pytest.mark.parametrize(
    ("written", "truth"), [("true", True), ("yes", True), ("on", True), ("false", False), ("off", False)]
)
def test_truths(written: str, *, truth: bool) -> None:
    assert holds("embedding", written, truth) is True
    assert holds("embedding", written, not truth) is False
    assert holds("embedding", written, None) is None


@pytest.mark.parametrize(
    ("written", "tags", "answer"),
    [
        ('"qwen*"', ("qwen3:8b",), True),
        ('"qwen*"', ("llama3", "qwen3:8b"), True),
        ('"qwen*"', ("llama3",), False),
        ('"!qwen*"', ("llama3",), True),
        ('"!qwen*"', ("llama3", "qwen3:8b"), False),
        ('"!= qwen*"', ("qwen3:8b",), False),
        ('"Qwen*"', ("qwen3:8b",), False),
        ("qwen3", ("qwen3",), True),
        ('["a*", "b*"]', ("beta",), True),
        ('"qwen*"', (), None),
        ('"!qwen*"', (), None),
        ('"*"', (), None),
    ],
)
def test_patterns_for_names(written: str, tags: tuple[str, ...], *, answer: bool | None) -> None:
    """Any tag may match, none may where it is negated; no tags are unknown."""
    assert holds("model", written, tags) is answer


@pytest.mark.parametrize(
    ("written", "word", "answer"),
    [
        ("rocm", "rocm", True),
        ("rocm", "cuda", False),
        ('"!rocm"', "cuda", True),
        ('"q*"', "q8_0", True),
        ("[rocm, vulkan]", "vulkan", True),
        ("rocm", None, None),
    ],
)
def test_patterns_for_words(written: str, word: str | None, *, answer: bool | None) -> None:
    assert holds("library", written, word) is answer


@pytest.mark.parametrize(
    ("layers", "total", "answer"),
    [(29, 29, True), (28, 29, False), (30, 29, True), (999, None, True), (29, None, None), (None, 29, None)],
)
def test_all_layers(layers: int | None, total: int | None, *, answer: bool | None) -> None:
    assert holds("gpu_layers", "all", layers, layers_total=total) is answer
    assert holds("layers_offloaded", "all", layers, layers_total=total) is answer


@pytest.mark.parametrize(("wanted", "answer"), [(4096, True), (8192, True), (8193, False), (None, None)])
def test_another_fact(wanted: int | None, *, answer: bool | None) -> None:
    assert holds("ctx_per_slot", '">= ctx_wanted"', 8192, ctx_wanted=wanted) is answer


@pytest.mark.parametrize(
    ("written", "release", "answer"),
    [
        ('">= 0.15.5"', "0.15.5", True),
        ('">= 0.15.5"', "0.15.5-rc0", False),
        ('">= 0.9.3"', "0.10.0", True),
        ('"< 0.30.0"', "0.24.0", True),
        ("0.32.1", "0.32.1", True),
        ("v0.32.1", "0.32.1", True),
        ('"!= v0.32.1"', "0.32.1", False),
        ('">= 0.15.5"', None, None),
    ],
)
def test_releases_are_ordered_as_releases(written: str, release: str | None, *, answer: bool | None) -> None:
    assert holds("ollama_version", written, release) is answer


@pytest.mark.parametrize(
    ("written", "answer"),
    [('"> 2048"', True), ('"> 4096"', None), ("4096", None), ('"< 4096"', False), ('"!= 8192"', True)],
)
def test_a_set_answers_where_all_its_members_agree(written: str, *, answer: bool | None) -> None:
    assert holds("ctx_builtin", written, (4096, 32768, 262144)) is answer


def test_a_list_is_not_known_until_one_of_it_holds() -> None:
    written = '["> ctx_wanted", "> 8192"]'

    assert holds("ctx_per_slot", written, 4096) is None
    assert holds("ctx_per_slot", written, 16384) is True
    assert holds("ctx_per_slot", written, 4096, ctx_wanted=8192) is False


def test_a_condition_keeps_what_the_user_wrote() -> None:
    conditions = rule('expect: {ctx_per_slot: ">= ctx_wanted", parallel: [1, 2]}').expect

    assert [condition.text for condition in conditions] == [">= ctx_wanted", "1 or 2"]
