"""A pinned rule is for the launches of its model, and expects what they had and nothing else."""

from collections.abc import Sequence

import pytest
import yaml

from ollama_watch.errors import UserError
from ollama_watch.model import Facts
from ollama_watch.verify.judge import judge
from ollama_watch.verify.pinning import pinned
from ollama_watch.verify.rule import Broken, Excused, Kept, NotFor, Rule
from ollama_watch.verify.rulefile import load_rules
from tests.verify.ruletext import NOTHING_KNOWN

SAME, OTHER = "a" * 64, "b" * 64
PINNED: Facts = {
    **NOTHING_KNOWN,
    "model": ("ll",),
    "model_digest": SAME,
    "engine": "llama-server",
    "parallel": 1,
}
CHANGED: Facts = {**PINNED, "parallel": 4}


def loaded(facts: Facts, tags: Sequence[str] = ()) -> Rule:
    """Return the rule as it is read again by whoever uses it."""
    text = yaml.safe_dump({"rules": [pinned("keep", facts, "ll", tags)]}, allow_unicode=True)
    return load_rules([], [("keep.yaml", text)])[0]


@pytest.mark.parametrize(
    ("model", "digest", "judged"),
    [
        (("ll",), SAME, True),
        (("other",), OTHER, False),
        (None, SAME, True),
        ((), SAME, True),
        (None, OTHER, False),
        ((), OTHER, False),
        (("ll",), None, True),
        (("other",), None, False),
    ],
)
def test_strangers_are_not_judged(model: tuple[str, ...] | None, digest: str | None, *, judged: bool) -> None:
    verdict = judge(loaded(PINNED), {**CHANGED, "model": model, "model_digest": digest})

    assert isinstance(verdict, Broken) == judged, verdict


def test_other_weights_of_the_same_name_are_excused_by_name() -> None:
    """The language cannot tell them from a stranger without a name: unknown in `when` applies."""
    verdict = judge(loaded(PINNED), {**CHANGED, "model_digest": OTHER})

    assert verdict == Excused("other-weights")


@pytest.mark.parametrize(
    ("facts", "judged"),
    [
        ({"model_digest": SAME}, True),
        ({"model_digest": SAME, "model": ("named-since",)}, True),
        ({"model_digest": OTHER}, False),
        ({"model_digest": None, "model": ("mlx",), "engine": "mlx"}, False),
    ],
)
def test_a_model_without_a_name_is_known_by_its_digest(facts: Facts, *, judged: bool) -> None:
    rule = loaded({**PINNED, "model": None})

    assert isinstance(judge(rule, {**CHANGED, "model": None, **facts}), Broken) == judged


def test_a_model_without_a_digest_is_known_by_its_name() -> None:
    mlx: Facts = {**PINNED, "model_digest": None, "engine": "mlx"}
    rule = loaded(mlx)

    assert isinstance(judge(rule, {**mlx, "parallel": 4}), Broken)
    assert judge(rule, {**mlx, "parallel": 4, "model": ("other",)}) == NotFor()
    assert judge(rule, {**CHANGED, "model": None, "model_digest": OTHER}) == NotFor()


def test_of_several_tags_the_named_one_counts_or_each_of_them() -> None:
    facts: Facts = {**PINNED, "model": ("ll", "ll:8k")}

    assert judge(loaded(facts, ["ll:8k"]), {**CHANGED, "model": ("ll",)}) == NotFor()
    for tag in ("ll", "ll:8k"):
        assert isinstance(judge(loaded(facts), {**CHANGED, "model": (tag,)}), Broken)
    assert judge(loaded(facts), {**CHANGED, "model": ("other",)}) == NotFor()


def test_neither_name_nor_digest_is_no_rule() -> None:
    with pytest.raises(UserError, match="the log tells neither the name nor the digest of ll"):
        pinned("keep", {**PINNED, "model": (), "model_digest": None}, "ll")


def test_nothing_to_keep_is_no_rule() -> None:
    with pytest.raises(UserError, match="nothing is known of the launch of ll"):
        pinned("keep", {**PINNED, "parallel": None}, "ll")


HOSTILE = [
    *("[", "]", "[a]b", "a*", "?", "[!a]", "!", "!a", "!!", "a!", "[[]", "]["),
    *("=a", ">= 1", "<", "~", "~a", "!=", "null", "1..4", "*", " a", "a ", "all", "true", "#a", "a: b", "8"),
    *(
        "{a}",
        "&a",
        "%",
        "'",
        '"',
        "\\",
        "a\tb",
        "a\nb",
        "\x1b[31m",
        "\u202e",
        "≥",
        "a:latest",
        "-",
        "",
        "ctx_size",
    ),
]


@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
@pytest.mark.parametrize("fact", ["model", "lora", "mmproj", "tensor_split", "kv_cache_type"])
def test_a_pinned_word_means_itself_whatever_its_signs_mean(fact: str, text: str) -> None:
    several = fact in ("model", "lora")
    facts: Facts = {**PINNED, fact: (text,) if several else text}
    rule = loaded(facts)

    assert judge(rule, facts) == Kept()
    for other in ("x", f"{text}x", f"x{text}", text[1:], "a", "b", "abc", "null", "2"):
        if other not in (text, ""):
            wrong: Facts = {**facts, "parallel": 4, fact: (other,)} if several else {**facts, fact: other}
            expected = NotFor if fact == "model" else Broken
            assert isinstance(judge(rule, wrong), expected), other


@pytest.mark.parametrize(
    ("pinned_on", "now", "fits"),
    [
        ((29, 29), (29, 29), True),
        ((29, 29), (28, 29), False),
        ((29, 29), (33, 33), True),
        ((29, 29), (29, 33), False),
        ((20, 29), (20, 29), True),
        ((20, 29), (25, 29), True),
        ((20, 29), (19, 29), False),
    ],
)
def test_layers_are_all_of_them_where_all_were_on_the_gpu_else_as_many(
    pinned_on: tuple[int, int], now: tuple[int, int], *, fits: bool
) -> None:
    def with_layers(layers: tuple[int, int]) -> Facts:
        return {**PINNED, "layers_offloaded": layers[0], "layers_total": layers[1]}

    assert (judge(loaded(with_layers(pinned_on)), with_layers(now)) == Kept()) == fits
