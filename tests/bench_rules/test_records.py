"""JSON, JSON lines and CSV of all times."""

import json
from typing import Any

import pytest

from ollama_watch.bench.formats import read_runs
from ollama_watch.bench.run import Run
from tests.bench_rules.made import data, written

# Fields of a record of 2025, by the README of llama-bench.
RECORD: dict[str, Any] = {
    "build_commit": "8cf427ff",
    "build_number": 5163,
    "cpu_info": "AMD Ryzen 7 7800X3D 8-Core Processor",
    "gpu_info": "NVIDIA GeForce RTX 4080",
    "backends": "CUDA",
    "model_filename": "C:\\models\\Qwen2.5.gguf",
    "model_type": "qwen2 7B Q4_K - Medium",
    "model_size": 4677120000,
    "n_batch": 2048,
    "type_k": "f16",
    "type_v": "f16",
    "n_gpu_layers": 99,
    "flash_attn": False,
    "use_mmap": True,
    "n_prompt": 512,
    "n_gen": 0,
    "n_depth": 0,
    "test_time": "2025-04-24T11:58:50Z",
    "avg_ts": 7100.002165,
    "stddev_ts": 140.341520,
    "samples_ts": [6863.1, 7147.55],
}


def _only(**changed: object) -> Run:
    record = {name: value for name, value in {**RECORD, **changed}.items() if value is not ...}
    (run,) = read_runs(json.dumps([record], indent=2), "bench.json")
    return run


def test_a_record() -> None:
    run = _only()

    assert (run.model.name, run.model.size, run.model.file) == (
        "qwen2 7B Q4_K - Medium",
        "4.36 GiB",
        "Qwen2.5.gguf",
    )
    assert (run.device, run.backend, run.build) == ("NVIDIA GeForce RTX 4080", "CUDA", "8cf427ff (5163)")
    assert (run.test, run.speed, run.error) == ("pp512", 7100.002165, 140.341520)
    assert run.settings == {
        "batch_size": "2048",
        "kv_cache_type": "f16",
        "gpu_layers": "all",
        "flash_attention": "off",
        "mmap": "true",
    }


@pytest.mark.parametrize(
    ("told", "value"), [(True, "on"), (False, "off"), (1, "on"), (0, "off"), (-1, "auto"), ("on", "on")]
)
def test_flash_attention_was_a_bool_and_is_a_number(told: object, value: str) -> None:
    assert _only(flash_attn=told).settings["flash_attention"] == value


@pytest.mark.parametrize(
    ("told", "value"), [("mmap", "true"), ("none", "false"), ("dio", "dio"), ("auto", "auto")]
)
def test_load_mode_took_the_place_of_use_mmap(told: str, value: str) -> None:
    assert _only(use_mmap=..., load_mode=told).settings["mmap"] == value


def test_records_of_2024_have_flags_for_backends_and_no_depth() -> None:
    old: dict[str, object] = {"backends": ..., "n_depth": ..., "cuda": True, "metal": False}

    assert _only(**old).backend == "CUDA"
    assert _only(**old, gpu_info="AMD Radeon RX 6900 XT").library == "rocm"
    assert _only(**{**old, "cuda": False}).library == "cpu"


@pytest.mark.parametrize(
    ("backend", "library"),
    [
        ("ROCm", "rocm"),
        ("CUDA,BLAS", "cuda"),
        ("MTL,BLAS", "metal"),
        ("Metal", "metal"),
        ("Vulkan,RPC", "vulkan"),
        ("BLAS", "cpu"),
        ("CPU", "cpu"),
        ("SYCL", "sycl"),
        ("ROCm,Vulkan", ""),
    ],
)
def test_backends_as_ollama_calls_them(backend: str, library: str) -> None:
    assert _only(backends=backend).library == library


def test_a_cpu_is_the_device_of_its_own_backend() -> None:
    assert _only(backends="CPU").device == "AMD Ryzen 7 7800X3D 8-Core Processor"


def test_an_array_on_one_line_is_the_same() -> None:
    text = data("flash-attention.json")

    assert read_runs(json.dumps(json.loads(text)), "x") == read_runs(text, "x")


@pytest.mark.parametrize(
    ("one", "other"), [("flash-attention.md", "flash-attention.json"), ("batch.csv", "batch.jsonl")]
)
def test_two_formats_of_the_same_runs_give_the_same(one: str, other: str) -> None:
    """Written by one process: -o json -oe md, -o csv -oe jsonl."""
    assert written(data(one)) == written(data(other))
    assert any(written(data(one)))


def test_what_llama_cpp_logs_before_and_between_is_passed_over() -> None:
    said = "ggml_cuda_init: found 1 CUDA devices:\n"

    for name in ("flash-attention.json", "batch.jsonl", "batch.csv"):
        text = data(name)
        cut = {"flash-attention.json": "  },\n", "batch.jsonl": "}\n", "batch.csv": '"\n'}[name]
        mixed = said + text.replace(cut, cut + said)
        assert read_runs(mixed, "x") == read_runs(text, "x")


def test_files_that_were_joined() -> None:
    for name in ("flash-attention.json", "batch.jsonl", "batch.csv"):
        assert len(read_runs(data(name) * 2, "x")) == 2 * len(read_runs(data(name), "x"))
