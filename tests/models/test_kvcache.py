"""What a token costs in the KV cache, and that it is what a real llama.cpp takes."""

import importlib.util
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ollama_watch.models.gguf import header
from ollama_watch.models.header import Header
from ollama_watch.models.kvcache import kv_bytes_per_token
from tests.support.gguf import write_model
from tests.support.ggufhead import ARRAY, BOOL, TEXT, Gguf
from tests.support.need import missing
from tests.support.wait import until

NEW = Gguf()
# Llama 3.1 8B and Qwen2.5 7B, by their published shapes.
LLAMA = Header(
    architecture="llama",
    block_count=32,
    head_count_kv=(8,) * 32,
    key_length=128,
    value_length=128,
    ordinary=True,
)
QWEN = replace(LLAMA, architecture="qwen2", block_count=28, head_count_kv=(4,) * 28)


@pytest.mark.parametrize(
    ("model", "kind", "size"),
    [
        (LLAMA, "f16", 131072),
        (LLAMA, "bf16", 131072),
        (LLAMA, "f32", 262144),
        (LLAMA, "q8_0", 69632),
        (LLAMA, "q4_0", 36864),
        (QWEN, "f16", 57344),
        (QWEN, "q5_1", 21504),
    ],
)
def test_known_shapes(model: Header, kind: str, size: float) -> None:
    assert kv_bytes_per_token(model, kind) == size


def test_keys_and_values_of_two_types() -> None:
    assert kv_bytes_per_token(LLAMA, "f16", "q8_0") == (131072 + 69632) / 2


def test_layers_without_heads_cost_nothing() -> None:
    half = replace(LLAMA, head_count_kv=(8, 0) * 16)

    assert kv_bytes_per_token(half, "f16") == 131072 / 2


@pytest.mark.parametrize(
    "model",
    [
        replace(LLAMA, ordinary=False),
        replace(LLAMA, head_count_kv=None),
        replace(LLAMA, key_length=None),
        replace(LLAMA, value_length=None),
        replace(LLAMA, head_count_kv=(0,) * 32),
    ],
)
def test_what_is_not_plainly_told_is_not_guessed(model: Header) -> None:
    assert kv_bytes_per_token(model, "f16") is None


@pytest.mark.parametrize("kind", ["q3_K", "", "tq1_0", "F16"])
def test_a_type_nobody_knows(kind: str) -> None:
    assert kv_bytes_per_token(LLAMA, kind) is None


def test_heads_that_are_no_whole_blocks_cannot_be_quantised() -> None:
    phi = replace(LLAMA, key_length=80, value_length=80)

    assert kv_bytes_per_token(phi, "f16") is not None
    assert kv_bytes_per_token(phi, "q8_0") is None


@pytest.mark.parametrize(
    "key",
    [
        NEW.whole("llama.ssm.state_size", 16),
        NEW.whole("llama.attention.kv_lora_rank", 512),
        NEW.whole("llama.attention.key_length_mla", 192),
        NEW.whole("llama.attention.sliding_window", 4096),
        NEW.whole("llama.attention.chunk_size", 8192),
        NEW.whole("llama.full_attention_interval", 4),
        NEW.whole("llama.nextn_predict_layers", 1),
        NEW.key("llama.attention.causal", BOOL, 0),
        NEW.key("llama.attention.sliding_window_pattern", ARRAY, NEW.array(BOOL, [1, 0])),
        NEW.whole("llama.attention.invented_next_year", 1),
    ],
)
def test_a_header_with_another_kind_of_cache_tells_nothing(tmp_path: Path, key: bytes) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(NEW.head(NEW.llama(key)))

    found = header(str(path))

    assert found is not None
    assert kv_bytes_per_token(found, "f16") is None


@pytest.mark.parametrize(
    "key",
    [
        NEW.whole("llama.attention.sliding_window", 0),
        NEW.key("llama.attention.causal", BOOL, 1),
        NEW.whole("llama.expert_count", 8),
        NEW.whole("llama.vision.attention.head_count", 16),
        NEW.key("llama.rope.scaling.type", TEXT, "yarn"),
    ],
)
def test_a_header_with_an_ordinary_cache_tells_it(tmp_path: Path, key: bytes) -> None:
    """2 layers of 2 heads of 64 values, keys and values, 2 bytes each."""
    path = tmp_path / "m.gguf"
    path.write_bytes(NEW.head(NEW.llama(key)))

    found = header(str(path))

    assert found is not None
    assert kv_bytes_per_token(found, "f16") == 2 * 2 * 64 * 2 * 2


@pytest.mark.parametrize("architecture", ["gemma2", "gemma3", "llama4", "gptoss"])
def test_windows_that_the_header_does_not_tell(tmp_path: Path, architecture: str) -> None:
    keys = [key.replace(b"llama", architecture.encode()) for key in NEW.llama()]
    path = tmp_path / "m.gguf"
    path.write_bytes(_renamed(keys, architecture))

    found = header(str(path))

    assert found is not None
    assert found.context_length == 8192
    assert kv_bytes_per_token(found, "f16") is None


def _renamed(keys: list[bytes], architecture: str) -> bytes:
    """Return a header of keys whose names have grown or shrunk by the new architecture's."""
    more = len(architecture) - len("llama")
    first = NEW.key("general.architecture", TEXT, architecture)
    grown = [NEW.number(int.from_bytes(key[:8], "little") + more) + key[8:] for key in keys[1:]]
    return NEW.head([first, *grown])


_LOAD = """
import signal, sys, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.port, params.n_ctx, params.n_parallel = sys.argv[1], 0, 4096, 1
params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type(int(sys.argv[2]))
params.verbosity = 4
server = xllamacpp.Server(params)
signal.pause()
"""


@pytest.mark.parametrize(("kind", "number"), [("f16", 1), ("q8_0", 8), ("q4_0", 2), ("q5_1", 7), ("f32", 0)])
def test_a_real_llama_cpp_takes_what_is_computed(tmp_path: Path, kind: str, number: int) -> None:
    if importlib.util.find_spec("xllamacpp") is None:
        missing("xllamacpp (from PyPI)")
    model = write_model(tmp_path / "tiny.gguf", layers=3)
    log = tmp_path / "server.log"
    with log.open("wb") as stream:
        child = subprocess.Popen([sys.executable, "-c", _LOAD, str(model), str(number)], stderr=stream)
    size = re.compile(rf"size = +([\d.]+) MiB \( *(\d+) cells, +3 layers.*K \({kind}\)")
    try:
        told = until(lambda: size.search(log.read_text()), seconds=30)
    finally:
        child.kill()
        child.wait()

    assert told
    found = header(str(model))
    assert found is not None
    computed = kv_bytes_per_token(found, kind)
    assert computed is not None
    assert computed * int(told[2]) / 2**20 == pytest.approx(float(told[1]), abs=0.01)
