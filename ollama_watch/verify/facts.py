"""The vocabulary: every fact of a launch, for rules, JSON, metrics and messages alike.

A new fact is a row here. Kinds: `tokens` and `count` are whole numbers, `switch` is on, off or auto,
`bool` is true or false, `word` is text, `names` is a list of tags (any of them may match),
`version` is a release such as 0.15.5, `default` is tokens or the list of what it may be.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from ollama_watch.model import Facts, Launch, Platform, Value
from ollama_watch.state.defaults import is_default
from ollama_watch.state.record import Record
from ollama_watch.state.requests import choose


class Fact(NamedTuple):
    """One fact: what kind of value it has, what it means, and how it is read off a launch."""

    kind: str
    meaning: str
    read: Callable[[Record], Value]
    words: tuple[str, ...] = ()  # all that it may be, where that is settled


def _stated(record: Record, name: str) -> Value:
    """Read what both the load request and the launch line may state; the request is the later word."""
    found: Value = getattr(record.request or record.args, name)
    return found


def _flash_effective(record: Record) -> Value:
    asked = record.flash_attention
    return record.flash or (asked if asked in ("on", "off") else None)


def _cache_effective(record: Record) -> Value:
    """Nothing stated is f16, in every release of llama.cpp; what was cut may have stated it."""
    if stated := _stated(record, "kv_cache_type"):
        return stated
    whole = record.known and (record.request is not None or not record.args.cut)
    return "f16" if whole and record.engine in ("llama-runner", "ollama-engine", "llama-server") else None


def _mmap(record: Record) -> Value:
    """The new engine's requests say no whatever was asked for; so may one whose launch line was not seen."""
    if record.engine == "ollama-engine":
        return None
    stated = _stated(record, "mmap")
    return stated if stated or record.engine else None


def _library(record: Record) -> Value:
    if record.library or record.server.gpus is None:
        return record.library or None
    libraries = set(record.server.gpus) or {"cpu"}
    return libraries.pop() if len(libraries) == 1 else None


FACTS: Mapping[str, Fact] = {
    "model": Fact(
        "names", "tags the blob is known by, registry prefix and :latest dropped", lambda r: r.tags
    ),
    "model_digest": Fact("word", "64 hex digits of the weights after --model", lambda r: r.digest),
    "engine": Fact(
        "word",
        "llama-runner, ollama-engine, llama-server, mlx or image",
        lambda r: r.engine,
        ("llama-runner", "ollama-engine", "llama-server", "mlx", "image"),
    ),
    "ctx_size": Fact("tokens", "context of all slots together, as launched", lambda r: r.ctx_size),
    "parallel": Fact("count", "slots", lambda r: r.parallel),
    "ctx_per_slot": Fact("tokens", "what one request may use", lambda r: r.ctx_per_slot),
    "batch_size": Fact("tokens", "logical batch", lambda r: _stated(r, "batch_size")),
    "ubatch_size": Fact("tokens", "physical batch; unknown before 0.30", lambda r: r.args.ubatch_size),
    "gpu_layers": Fact(
        "count", "layers asked for on the GPU; 999 is all", lambda r: _stated(r, "gpu_layers")
    ),
    "num_gpu": Fact(
        "count", "layers that somebody asked for on the GPU; unknown where nobody did", lambda r: r.num_gpu
    ),
    "layers_offloaded": Fact(
        "count",
        "layers that the loader put on the GPU",
        lambda r: r.layers.layers if r.layers else None,
    ),
    "layers_total": Fact(
        "count", "layers that the model has", lambda r: r.layers.total if r.layers else None
    ),
    "layers_previous": Fact(
        "count",
        "layers_offloaded of its last launch at the same context",
        lambda r: r.layers_previous,
    ),
    "flash_attention": Fact("switch", "as asked for", lambda r: r.flash_attention),
    "flash_attention_effective": Fact("switch", "what auto became", _flash_effective),
    "kv_cache_type": Fact("word", "f16, q8_0, …", lambda r: _stated(r, "kv_cache_type")),
    "kv_cache_type_effective": Fact("word", "f16 where none was stated", _cache_effective),
    "threads": Fact("count", "CPU threads", lambda r: _stated(r, "threads")),
    "main_gpu": Fact("count", "index of the main GPU", lambda r: _stated(r, "main_gpu")),
    "tensor_split": Fact("word", "share of each GPU", lambda r: r.args.tensor_split),
    "mmap": Fact("bool", "weights are mapped, not read", _mmap),
    "mlock": Fact("bool", "weights are locked in memory", lambda r: r.args.mlock),
    "lora": Fact("names", "adapter blobs", lambda r: (r.request.lora if r.request else r.args.lora) or None),
    "mmproj": Fact("word", "projector blob", lambda r: _stated(r, "mmproj")),
    "embedding": Fact("bool", "an embedding model", lambda r: r.embedding),
    "port": Fact("count", "where the runner listens on loopback", lambda r: r.args.port),
    "other": Fact("names", "flags of the launch line that nobody here knows", lambda r: r.args.other or None),
    "ctx_trained": Fact("tokens", "context that the model was trained for", lambda r: r.ctx_trained),
    "ctx_builtin": Fact(
        "default",
        "what this release gives on this GPU when nobody sets anything",
        lambda r: r.builtin,
    ),
    "ctx_default": Fact(
        "default",
        "ctx_builtin, or OLLAMA_CONTEXT_LENGTH where it is proven set",
        lambda r: r.default,
    ),
    "ctx_is_default": Fact(
        "bool", "ctx_per_slot is the default", lambda r: is_default(r.ctx_per_slot, r.default)
    ),
    "ctx_wanted": Fact("tokens", "what the user wants, never above ctx_trained", lambda r: None),
    "ctx_wanted_from": Fact(
        "word",
        "config, model, environment, history or none",
        lambda r: "none",
        ("config", "model", "environment", "history", "none"),
    ),
    "ctx_previous": Fact(
        "tokens", "the last value of ctx_per_slot that was another one", lambda r: r.ctx_previous
    ),
    "gpu_listed": Fact("bool", "this start of the server listed a GPU", lambda r: bool(r.server.gpus)),
    "failed": Fact("bool", "the launch failed to start", lambda r: r.failed),
    "library": Fact("word", "cuda, rocm, metal, vulkan, cpu, …", _library),
    "ollama_version": Fact(
        "version",
        "release of the server",
        lambda r: r.server.version_text if r.server.version else None,
    ),
    "host": Fact("word", "machine, where journals of many are collected", lambda r: r.host),
    "source": Fact("word", "configured name of the source", lambda r: r.source),
}


def facts(record: Record, config_wanted: int | None = None) -> Facts:
    """Return every fact of a launch, unknown ones as None; `config_wanted`: tokens that `want:` asks for."""
    found = {name: fact.read(record) for name, fact in FACTS.items()}
    found["ctx_wanted"], found["ctx_wanted_from"] = record.wanted(config_wanted, record.num_ctx)
    return found


def launch(record: Record, config_wanted: int | None = None) -> Launch:
    """Return a launch as the rest of the program sees it."""
    return Launch(
        index=record.index,
        source=record.source,
        host=record.host,
        line=record.line,
        cursor=record.cursor,
        at=record.at,
        era=record.era.id,
        complete=record.complete,
        started=record.started,
        failed=record.failed,
        gone=record.gone,
        superseded_by=record.superseded_by,
        reason=record.reason,
        load_seconds=record.load_seconds,
        platform=platform_of(record.args.model or ""),
        request=choose(record.candidates, record.at, record.line),
        facts=facts(record, config_wanted),
    )


def platform_of(path: str) -> Platform:
    r"""Where models are by default: C:\\Users, /Users, and /root in Ollama's own container image."""
    if re.match(r"[A-Za-z]:[\\/]", path):
        return "windows"
    if path.startswith("/Users/"):
        return "macos"
    return "container" if path.startswith("/root/.ollama/") else "linux"
