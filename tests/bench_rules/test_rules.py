"""The rules that are written: what they are for, how they read, and what comes of them at a launch."""

import pytest
import yaml

from ollama_watch.model import Value
from ollama_watch.verify.facts import FACTS
from ollama_watch.verify.judge import judge, render
from ollama_watch.verify.rule import Broken, Excused, Kept, NotFor, Unknown, Verdict
from tests.bench_rules.made import data, refusals, rules, table, written

NOTHING_KNOWN: dict[str, Value] = dict.fromkeys(FACTS)
QWEN = "2b8bda20dcf3baad32cf8de081f2bb1243e84c44084aa98c3b5a9ebc1487f609"  # of the real samples
REAL = data("rx6900xt.md")
NAMES = {
    "qwen2 3B Q4_K - Medium": "qwen2.5-coder:3b",
    "qwen2 3B Q8_0": "qwen2.5-coder:3b-q8",
    "qwen2 7B Q4_K - Medium": "qwen2.5-coder:7b",
    "qwen2 7B Q8_0": "qwen2.5-coder:7b-q8",
}
TAGS = [f"{name}={tag}" for name, tag in NAMES.items()]
FIRST = "  qwen2 3B Q4_K - Medium"
TWO = ("qwen2 7B, 0, pp512, 1000 ± 5", "qwen2 7B, 1, pp512, 2000 ± 5")
OTHER = ("qwen2 3B, 0, pp512, 1000 ± 5", "qwen2 3B, 1, pp512, 3000 ± 5")


def _verdict(text: str, *models: str, **facts: Value) -> Verdict:
    (rule,) = rules(text, *models)
    return judge(rule, {**NOTHING_KNOWN, **facts})


def test_the_real_table_makes_one_rule_for_the_kind_of_gpu() -> None:
    made, refused = written(REAL)
    (found,) = yaml.safe_load(made)["rules"]

    assert not refused
    assert found["id"] == "bench-flash-attention-rocm"
    assert found["severity"] == "info"
    assert found["when"] == {"library": "rocm"}
    assert found["expect"] == {"flash_attention_effective": "off"}
    assert found["unless"] == {"failed-to-start": {"failed": True}, "cache-needs-it": {"kv_cache_type": "q*"}}
    assert found["summary"] == (
        "{model} runs with flash attention {flash_attention_effective} instead of off: "
        "measured slower by 30 to 43 % in prompts, 15 to 36 % in text (ROCm)"
    )


def test_the_evidence_of_the_real_table() -> None:
    """The shares by hand: 1 - 1195.44 / 2016.93 = 0.407, 1 - 62.44 / 97.20 = 0.358 and so on."""
    (rule,) = rules(REAL)

    assert rule.why.splitlines() == [
        "llama-bench, in tokens per second (mean ± deviation), from bench.md:",
        "on AMD Radeon RX 6900 XT (gfx1030, ROCm), ROCm, build not told",
        f"{FIRST}, pp4096: 1195.44 ± 0.69 with on, 2016.93 ± 5.44 with off; on is 41 % slower",
        f"{FIRST}, tg4096: 62.44 ± 0.04 with on, 97.20 ± 0.00 with off; on is 36 % slower",
        "  qwen2 3B Q8_0, pp4096: 1343.55 ± 2.00 with on, 2376.33 ± 3.15 with off; on is 43 % slower",
        "  qwen2 3B Q8_0, tg4096: 53.52 ± 0.01 with on, 77.07 ± 0.01 with off; on is 31 % slower",
        "  qwen2 7B Q4_K - Medium, pp4096: 788.59 ± 0.59 with on, 1127.95 ± 5.19 with off; on is 30 % slower",
        "  qwen2 7B Q4_K - Medium, tg4096: 52.50 ± 0.05 with on, 65.15 ± 0.08 with off; on is 19 % slower",
        "  qwen2 7B Q8_0, pp4096: 932.38 ± 4.21 with on, 1381.53 ± 3.80 with off; on is 33 % slower",
        "  qwen2 7B Q8_0, tg4096: 40.35 ± 0.01 with on, 47.63 ± 0.01 with off; on is 15 % slower",
    ]


def test_it_fires_on_a_launch_with_flash_attention_and_is_quiet_without() -> None:
    on, off = {"flash_attention_effective": "on"}, {"flash_attention_effective": "off"}

    assert _verdict(REAL, library="rocm", **on) == Broken("flash_attention_effective", "off", "on", "info")
    assert _verdict(REAL, library="rocm", **off) == Kept()
    assert _verdict(REAL, library="cuda", **on) == NotFor()
    assert _verdict(REAL, library="rocm") == Unknown("flash_attention_effective")
    assert _verdict(REAL, library="rocm", kv_cache_type="q8_0", **on) == Excused("cache-needs-it")
    assert _verdict(REAL, library="rocm", failed=True, **on) == Excused("failed-to-start")


def test_what_the_person_reads() -> None:
    (rule,) = rules(REAL)

    assert render(rule.summary, {"flash_attention_effective": "on"}, "qwen2.5-coder:7b").startswith(
        "qwen2.5-coder:7b runs with flash attention on instead of off"
    )


def test_named_models_have_a_rule_each() -> None:
    made = rules(REAL, *TAGS)

    assert [rule.id for rule in made] == [
        "bench-flash-attention-rocm-qwen2-3b-q4-k-medium",
        "bench-flash-attention-rocm-qwen2-3b-q8-0",
        "bench-flash-attention-rocm-qwen2-7b-q4-k-medium",
        "bench-flash-attention-rocm-qwen2-7b-q8-0",
    ]
    on: dict[str, Value] = {**NOTHING_KNOWN, "library": "rocm", "flash_attention_effective": "on"}
    for rule, tag in zip(made, NAMES.values(), strict=True):
        assert isinstance(judge(rule, {**on, "model": (tag,)}), Broken)
        assert judge(rule, {**on, "model": ("llama3.2",)}) == NotFor()


def test_a_model_without_a_name_beside_named_ones_is_refused() -> None:
    (reason,) = refusals(REAL, *TAGS[:3])

    assert reason == (
        "qwen2 7B Q8_0, flash attention: off is the fastest, but its tag in Ollama is not known, "
        "and others have a rule of their own; give it: --model 'qwen2 7B Q8_0=TAG'"
    )


def test_one_model_without_a_name_is_refused() -> None:
    (reason,) = refusals(table("fa", *TWO))

    assert reason == (
        "qwen2 7B, flash attention: on is the fastest, but its tag in Ollama is not known, "
        "and no other model was measured on rocm; give it: --model 'qwen2 7B=TAG'"
    )


@pytest.mark.parametrize("speed", ["100 ± 5", "1000 ± 500"])
def test_models_that_do_not_agree_make_no_rule_for_the_kind_of_gpu(speed: str) -> None:
    text = table("fa", *TWO, *OTHER).replace("3000 ± 5", speed)

    assert not rules(text)
    assert any("the models measured on rocm do not agree" in reason for reason in refusals(text))


def test_models_that_agree_make_a_rule_for_each_kind_of_gpu() -> None:
    text = table("fa", *TWO, *OTHER) + table("fa", *TWO, *OTHER, backend="CUDA")

    assert [(rule.id, rule.when[0].text) for rule in rules(text)] == [
        ("bench-flash-attention-rocm", "rocm"),
        ("bench-flash-attention-cuda", "cuda"),
    ]


def test_models_that_agree_under_other_conditions_make_no_rule_for_the_kind_of_gpu() -> None:
    rows = ["qwen2 3B, f16, f16, 0, tg128, 50 ± 1", "qwen2 3B, f16, f16, 1, tg128, 60 ± 1"]
    rows += [row.replace("3B", "7B") for row in rows]
    text = table("type_k | type_v | fa", *rows, "qwen2 7B, q8_0, q8_0, 1, tg128, 70 ± 1")

    assert not rules(text)


def test_a_backend_that_may_be_one_of_several_makes_no_rule_for_a_kind() -> None:
    text = table("fa", *TWO, *OTHER, backend="ROCm,Vulkan")

    assert not rules(text)
    assert "'ROCm,Vulkan' may be one of several kinds of GPU" in next(iter(refusals(text)))
    (rule,) = rules(table("fa", *TWO, backend="ROCm,Vulkan"), "qwen2 7B=q")
    assert [condition.fact for condition in rule.when] == ["model"]
    assert list(rule.unless) == ["failed-to-start"]


def test_a_blob_of_ollamas_needs_no_name() -> None:
    (rule,) = rules(data("batch.jsonl"))

    assert [(one.fact, one.text) for one in rule.when] == [("model_digest", QWEN), ("library", "cpu")]
    assert [(one.fact, one.text) for one in rule.expect] == [("batch_size", "256")]
    assert list(rule.unless) == ["failed-to-start"]
    assert rule.summary == (
        "{model} runs with batch size {batch_size} instead of 256: "
        "others were measured slower by 85 % in prompts (CPU)"
    )


def test_a_name_may_be_the_file_and_stands_over_the_digest() -> None:
    (rule,) = rules(data("load-mode.jsonl"), f"sha256-{QWEN}=tiny:latest", f"sha256-{QWEN}=library/tiny:f32")

    assert rule.when[0].text == "tiny or tiny:f32"
    assert isinstance(_verdict(data("load-mode.jsonl"), mmap=True), Broken)
    assert _verdict(data("load-mode.jsonl"), mmap=False) == Kept()


def test_one_name_for_two_files_gives_two_ids() -> None:
    text = data("batch.jsonl")
    both = rules(text + text.replace(QWEN, "f" * 64))

    assert [rule.id for rule in both] == [
        "bench-batch-size-cpu-qwen2-b-all-f32-2b8bda20dcf3",
        "bench-batch-size-cpu-qwen2-b-all-f32-ffffffffffff",
    ]


def test_a_quantized_cache_that_was_measured_with_flash_attention_is_asked_for_with_it() -> None:
    """Without it llama-bench cannot measure it, and Ollama cannot run it."""
    rows = ["qwen2 7B, f16, f16, 0, tg128, 50 ± 1", "qwen2 7B, f16, f16, 1, tg128, 60 ± 1"]
    text = table("type_k | type_v | fa", *rows, "qwen2 7B, q8_0, q8_0, 1, tg128, 70 ± 1")
    flash, cache = rules(text, "qwen2 7B=q")

    assert [(one.fact, one.text) for one in flash.when[2:]] == [("kv_cache_type_effective", "f16")]
    assert [(one.fact, one.text) for one in cache.when[2:]] == [("flash_attention_effective", "on")]
    off: dict[str, Value] = {"flash_attention_effective": "off", "kv_cache_type_effective": "f16"}
    assert judge(cache, {**NOTHING_KNOWN, **off}) == NotFor()


def test_hostile_names_stay_text() -> None:
    name = '{nothing}"\\: # *a\x1b[31m'
    text = table("fa", f"{name}, 0, pp512, 1 ± 0", f"{name}, 1, pp512, 2 ± 0", backend="{x},CUDA")
    tag = f"{name}=tag".replace("\x1b", "�")
    (rule,) = rules(text, tag)

    assert "\x1b" not in written(text, tag)[0]
    assert "{nothing}" in rule.why
    assert "{x}" not in rule.summary
