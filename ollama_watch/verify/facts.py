"""The vocabulary: every fact of a launch, for rules, JSON, metrics and messages alike.

A new fact is a row here. Kinds: `tokens` and `count` are whole numbers, `switch` is on, off or auto,
`bool` is true or false, `word` is text, `names` is a list of tags (any of them may match),
`version` is a release such as 0.15.5, `default` is tokens or the list of what it may be.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Fact(NamedTuple):
    """One fact: what kind of value it has, and what it means."""

    kind: str
    meaning: str


FACTS: Mapping[str, Fact] = {
    "model": Fact("names", "tags the blob is known by, registry prefix and :latest dropped"),
    "model_digest": Fact("word", "64 hex digits of the weights after --model"),
    "engine": Fact("word", "llama-runner, ollama-engine, llama-server, mlx or image"),
    "ctx_size": Fact("tokens", "context of all slots together, as launched"),
    "parallel": Fact("count", "slots"),
    "ctx_per_slot": Fact("tokens", "what one request may use"),
    "batch_size": Fact("tokens", "logical batch"),
    "ubatch_size": Fact("tokens", "physical batch; unknown before 0.30"),
    "gpu_layers": Fact("count", "layers asked for on the GPU; 999 is all"),
    "layers_offloaded": Fact("count", "layers that the loader put on the GPU"),
    "layers_total": Fact("count", "layers that the model has"),
    "layers_previous": Fact("count", "layers_offloaded of its last launch at the same context"),
    "flash_attention": Fact("switch", "as asked for"),
    "flash_attention_effective": Fact("switch", "what auto became"),
    "kv_cache_type": Fact("word", "f16, q8_0, …"),
    "threads": Fact("count", "CPU threads"),
    "main_gpu": Fact("count", "index of the main GPU"),
    "tensor_split": Fact("word", "share of each GPU"),
    "mmap": Fact("bool", "weights are mapped, not read"),
    "mlock": Fact("bool", "weights are locked in memory"),
    "lora": Fact("names", "adapter blobs"),
    "mmproj": Fact("word", "projector blob"),
    "embedding": Fact("bool", "an embedding model"),
    "port": Fact("count", "where the runner listens on loopback"),
    "ctx_trained": Fact("tokens", "context that the model was trained for"),
    "ctx_builtin": Fact("default", "what this release gives on this GPU when nobody sets anything"),
    "ctx_default": Fact("default", "ctx_builtin, or OLLAMA_CONTEXT_LENGTH where it is proven set"),
    "ctx_is_default": Fact("bool", "ctx_per_slot is the default"),
    "ctx_wanted": Fact("tokens", "what the user wants, never above ctx_trained"),
    "ctx_wanted_from": Fact("word", "config, model, environment, history or none"),
    "ctx_previous": Fact("tokens", "the last value of ctx_per_slot that was another one"),
    "gpus": Fact("count", "GPUs that this start of the server listed"),
    "failed": Fact("bool", "the launch failed to start"),
    "library": Fact("word", "cuda, rocm, metal, vulkan, cpu, …"),
    "ollama_version": Fact("version", "release of the server"),
    "host": Fact("word", "machine, where journals of many are collected"),
    "source": Fact("word", "configured name of the source"),
}
