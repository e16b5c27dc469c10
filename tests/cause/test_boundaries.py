"""The very releases between which something changed, as the reference names them."""

from collections.abc import Mapping
from typing import NamedTuple

import pytest

from ollama_watch.cause.won import decide
from ollama_watch.model import Value
from tests.cause.truth import plain, release

ON, OFF = {"environment": "1"}, {"environment": "0"}
FOUR, BIG, SMALL = {"environment": "4"}, {"request": 65536}, {"request": 700}
QUANTISED = {"environment": "q8_0"}
NEW = {"engine": "ollama-engine"}
LOW_VRAM = {"architecture": "gptoss", "low_vram": True}
METAL = {"library": "metal", "fits": False}
YES, NO = True, False


class Change(NamedTuple):
    """What a value became up to one release and from the next on."""

    fact: str
    given: Mapping[str, Value]
    known: Mapping[str, object]
    until: str
    old: Value
    since: str
    new: Value


def _on_by_architecture(names: str, until: str, since: str) -> list[Change]:
    return [
        Change("flash_attention", {}, {"architecture": name, **NEW}, until, "off", since, "on")
        for name in names.split()
    ]


def _one_slot(names: str, until: str, since: str) -> list[Change]:
    return [Change("parallel", FOUR, {"architecture": name}, until, 4, since, 1) for name in names.split()]


CHANGES = [
    # reference 2 and 10.1
    Change("ctx_per_slot", {}, {"library": "cpu"}, "0.6.6", 2048, "0.6.7", 4096),
    Change("ctx_per_slot", {}, {}, "0.15.4", 4096, "0.15.5", None),
    Change("ctx_per_slot", {"environment": "0"}, {"library": "cpu"}, "0.15.4", 4, "0.15.5", 4096),
    Change("ctx_per_slot", BIG, {"trained": 8192, "parallel": 1}, "0.1.32", 8192, "0.1.33", 65536),
    Change("ctx_per_slot", BIG, {"trained": 8192}, "0.9.2", 65536, "0.9.3", 8192),
    Change("ctx_per_slot", BIG, {}, "0.1.32", 65536, "0.1.33", None),
    Change("ctx_per_slot", BIG, {"parallel": 4}, "0.1.33", 16384, "0.1.34", 65536),
    Change("ctx_per_slot", SMALL, {"projector": True, "parallel": 1}, "0.1.32", 2048, "0.1.33", 700),
    Change("ctx_per_slot", SMALL, {"vision": True}, "0.11.4", 700, "0.11.5", 2048),
    Change("ctx_per_slot", SMALL, {"architecture": "gptoss"}, "0.10.1", 700, "0.11.0", 8192),
    Change("ctx_per_slot", SMALL, {"architecture": "gptoss"}, "0.15.4", 8192, "0.15.5", 700),
    Change("ctx_per_slot", SMALL, {"architecture": "qwen3vl"}, "0.12.6", 700, "0.12.7", 8192),
    Change("ctx_per_slot", SMALL, {"architecture": "qwen3vl"}, "0.15.4", 8192, "0.15.5", 700),
    Change("ctx_per_slot", SMALL, LOW_VRAM, "0.11.3", 8192, "0.11.4", 700),
    # reference 2, 10.2 and 10.4
    Change("parallel", FOUR, {}, "0.1.32", 1, "0.1.33", 4),
    Change("parallel", {}, {}, "0.1.48", 1, "0.2.0", 4),
    Change("parallel", {}, {}, "0.6.6", 4, "0.6.7", 2),
    Change("parallel", {}, {}, "0.9.6", 2, "0.10.0", 1),
    Change("parallel", FOUR, {"projector": True}, "0.1.33", 4, "0.1.34", 1),
    Change("parallel", FOUR, {"projector": True}, "0.4.0", 1, "0.4.1", 4),
    Change("parallel", FOUR, {"embedding": True}, "0.3.6", 4, "0.3.7", 1),
    Change("parallel", FOUR, {"fits": False}, "0.3.0", 4, "0.3.1", 1),
    Change("parallel", FOUR, {"fits": False}, "0.3.6", 1, "0.3.7", 4),
    *_one_slot("mllama", "0.4.0", "0.4.1"),
    *_one_slot("qwen3vl qwen3vlmoe", "0.12.6", "0.12.7"),
    *_one_slot("qwen3next lfm2 lfm2moe", "0.15.4", "0.15.5"),
    *_one_slot("qwen35 qwen35moe nemotron_h nemotron_h_moe", "0.17.0", "0.17.1"),
    *_one_slot("nemotron_h_omni", "0.21.2", "0.22.0"),
    # reference 1.6 and 3
    Change("batch_size", {"request": 1024}, {"num_ctx": 700, "parallel": 1}, "0.11.10", 1024, "0.11.11", 700),
    Change("batch_size", {"request": 1024}, {"num_ctx": 700, "parallel": 1}, "0.24.0", 700, "0.30.0", 1024),
    Change("batch_size", {}, {"num_ctx": 2048, "embedding": True}, "0.13.2", 512, "0.13.3", 2048),
    Change("batch_size", {}, {"num_ctx": 700, "embedding": True}, "0.24.0", 700, "0.30.0", None),
    # reference 5
    Change("flash_attention", ON, {}, "0.1.38", "off", "0.1.39", "on"),
    Change("flash_attention", ON, {"library": "metal"}, "0.1.38", "off", "0.1.39", "on"),
    Change("flash_attention", ON, {"fits": False}, "0.1.39", "off", "0.1.40", "on"),
    Change("flash_attention", ON, {"library": "rocm"}, "0.4.7", "off", "0.5.0", "on"),
    Change("flash_attention", ON, {"embedding": True}, "0.4.7", "on", "0.5.0", "off"),
    Change("flash_attention", ON, {"library": "cpu"}, "0.11.4", "off", "0.11.5", "on"),
    Change("flash_attention", ON, {"library": "vulkan"}, "0.12.5", "off", "0.12.6", "on"),
    Change("flash_attention", ON, {"library": "vulkan"}, "0.12.6", "on", "0.12.7", "off"),
    Change("flash_attention", ON, {"library": "vulkan"}, "0.12.9", "off", "0.12.10", "on"),
    Change("flash_attention", OFF, {"architecture": "gptoss"}, "0.11.7", "off", "0.11.8", "on"),
    Change("flash_attention", OFF, {"architecture": "gptoss"}, "0.12.3", "on", "0.12.4", "off"),
    Change("flash_attention", ON, {"architecture": "gptoss"}, "0.11.1", "on", "0.11.2", "off"),
    Change("flash_attention", ON, {"architecture": "gptoss"}, "0.11.4", "off", "0.11.5", "on"),
    Change("flash_attention", ON, {"architecture": "gemma2"}, "0.11.10", "on", "0.11.11", "off"),
    Change("flash_attention", ON, {"architecture": "grok"}, "0.18.3", "on", "0.19.0", "off"),
    Change("flash_attention", {}, {}, "0.13.3", "off", "0.13.4", "auto"),
    Change("flash_attention", {}, NEW, "0.24.0", "off", "0.30.0", "auto"),
    Change("flash_attention", OFF, {"architecture": None}, "0.11.7", "off", "0.11.8", None),
    *_on_by_architecture("gptoss gpt-oss", "0.11.7", "0.11.8"),
    *_on_by_architecture("qwen3 qwen3moe", "0.12.3", "0.12.4"),
    *_on_by_architecture("gemma3", "0.12.5", "0.12.6"),
    *_on_by_architecture("qwen3vl qwen3vlmoe", "0.12.7", "0.12.8"),
    *_on_by_architecture("mistral3", "0.13.1", "0.13.2"),
    *_on_by_architecture("olmo3", "0.13.3", "0.13.4"),
    *_on_by_architecture("bert", "0.13.4", "0.13.5"),
    *_on_by_architecture("glm4moelite lfm2", "0.14.2", "0.14.3"),
    *_on_by_architecture("glmocr qwen3next", "0.15.4", "0.15.5"),
    *_on_by_architecture("lfm2moe nemotron_h nemotron_h_moe qwen35 qwen35moe", "0.17.0", "0.17.1"),
    *_on_by_architecture("gemma4", "0.20.3", "0.20.4"),
    *_on_by_architecture("nemotron_h_omni", "0.21.2", "0.22.0"),
    Change("kv_cache_type", QUANTISED, {"flash_attention": "on"}, "0.4.7", "f16", "0.5.0", "q8_0"),
    Change("kv_cache_type", QUANTISED, {"flash_attention": "off"}, "0.24.0", "f16", "0.30.0", "q8_0"),
    *(
        Change("kv_cache_type", QUANTISED, {"flash_attention": "on", "architecture": name},
               until, old, since, new)
        for name in ("gptoss", "gpt-oss")
        for until, old, since, new in (
            ("0.11.4", "q8_0", "0.11.5", "f16"), ("0.12.3", "f16", "0.12.4", "q8_0"),
        )
    ),
    # reference 1.4, 3 and 10.2
    Change("mmap", {}, {}, "0.1.44", YES, "0.1.45", None),
    Change("mmap", {}, {"library": "cpu"}, "0.1.48", None, "0.2.0", NO),
    Change("mmap", {"request": True}, METAL, "0.1.39", YES, "0.1.40", NO),
    Change("mmap", {"request": True}, METAL, "0.11.4", NO, "0.11.5", YES),
    Change("mlock", {"request": True}, {}, "0.6.8", YES, "0.7.0", NO),
    Change("gpu_layers", {}, {"library": "cpu"}, "0.11.4", None, "0.11.5", 0),
    Change("gpu_layers", {}, {"library": "cpu"}, "0.24.0", 0, "0.30.0", None),
    Change("gpu_layers", {"request": 20}, {}, "0.11.4", 20, "0.11.5", None),
    Change("main_gpu", {}, {}, "0.24.0", 0, "0.30.0", None),
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change.fact}-{change.since}-{change.known}")
def test_it_changed_between_these_two(change: Change) -> None:
    for text, value in ((change.until, change.old), (change.since, change.new)):
        loaded = plain(text, **change.known)
        won = decide(change.fact, release(text), loaded=loaded, **change.given)  # type: ignore[arg-type]
        assert (text, won.value) == (text, value)


@pytest.mark.parametrize(
    ("text", "engine", "rounded"),
    [
        ("0.13.1", "llama-runner", False),
        ("0.13.2", "llama-runner", True),
        ("0.24.0", "ollama-engine", False),
        ("0.30.0", "llama-server", True),
    ],
)
def test_rounding_is_told_where_llama_cpp_rounds(text: str, engine: str, rounded: bool) -> None:  # noqa: FBT001
    won = decide("ctx_per_slot", release(text), request=3000, loaded=plain(text, engine=engine))

    assert won.value == 3000
    assert any("rounds up to 3072" in step for step in won.steps) == rounded
