"""The event kinds that rules may name after `on:`, and the fields each carries.

A new kind is a row here and the place in `state` that reports it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class EventKind(NamedTuple):
    """One kind of occurrence."""

    meaning: str
    fields: Mapping[str, str]  # name -> kind of value, as in `verify.facts.FACTS`
    of_model: bool = True  # False: about the server or one of its variables
    in_log: bool = True  # False: seen at processes, by `check --running` alone
    measure: str = ""  # the field that says how bad it was, the more the worse; empty: none does
    words: Mapping[str, tuple[str, ...]] = MappingProxyType(
        {}
    )  # all that a field may be, where it is settled


EVENTS: Mapping[str, EventKind] = {
    "prompt_truncated": EventKind(
        "a prompt lost tokens because it was longer than the context of its slot; `loss`: how many, in words",
        {"prompt": "tokens", "limit": "tokens", "kept": "tokens", "dropped": "tokens", "loss": "word"},
        measure="dropped",
    ),
    "flash_attention_unsupported": EventKind(
        "flash attention was dropped; `asked`: the server's own start line asked for it; "
        "`by`: gpu, model or release; `why`: the same in words",
        {"by": "word", "why": "word", "asked": "bool"},
        words={"by": ("gpu", "model", "release")},
    ),
    "kv_cache_dropped": EventKind(
        "the KV cache type fell back to f16; `asked`: the server's own start line asked for it",
        {"type": "word", "asked": "bool"},
    ),
    "context_capped": EventKind(
        "a context above the trained length was cut to it; `was_default`: nobody asked for it; "
        "`config_wanted`: what `want:` asks for, uncapped",
        {
            "requested": "tokens",
            "trained": "tokens",
            "was_default": "bool",
            "config_wanted": "tokens",
        },
    ),
    "load_failed": EventKind("a model could not be loaded", {"error": "word"}),
    "invalid_environment": EventKind(
        "a variable of the server could not be read; its default is in force (`instead`: in words)",
        {"variable": "word", "value": "word", "default": "word", "instead": "word"},
        of_model=False,
    ),
    "invalid_option": EventKind(
        "a request or a model carries an option this release does not know; `meant`: the option of the "
        "launch that was most likely meant, unknown where none is like it",
        {"option": "word", "meant": "word"},
        of_model=False,
    ),
    "unknown_flag": EventKind("a launch line carries a flag we do not know", {"flag": "word"}),
    "thrashing": EventKind(
        "one model's context changed three times or more within 10 minutes; `clients`: who had it loaded, "
        "each with the contexts that it got",
        {"changes": "count", "clients": "word"},
        measure="changes",
    ),
    "gpu_lost": EventKind(
        "the server's last start listed a GPU, this one lists none", {"gpus": "word"}, of_model=False
    ),
    "server_failed": EventKind(
        "systemd tells that the server's unit failed, which only a journal shows; `result`: systemd's word; "
        "`why`: the same in words",
        {"result": "word", "why": "word"},
        of_model=False,
    ),
    "environment_lost": EventKind(
        "variables that the server's last start showed as set show as not set now; `variables`: names and "
        "old values; `upgraded`: the release is another one",
        {"variables": "word", "upgraded": "bool"},
        of_model=False,
    ),
    "default_changed": EventKind(
        "Ollama's own default context is another one than at the server's last start; `overridden`: "
        "OLLAMA_CONTEXT_LENGTH is set, so nobody gets it; `direction`: up or down; `why`: the release or the "
        "GPU memory, in words",
        {"before": "tokens", "now": "tokens", "direction": "word", "overridden": "bool", "why": "word"},
        of_model=False,
        words={"direction": ("up", "down")},
    ),
    "environment_without_effect": EventKind(
        "a launch has something else than a variable of the server's start line asks for, and no warning "
        "said so; `got`: what it has, in words",
        {"variable": "word", "value": "word", "got": "word"},
    ),
    "parallel_reduced": EventKind(
        "a launch got fewer slots than OLLAMA_NUM_PARALLEL asks for; `why`: in words",
        {"asked": "count", "slots": "count", "why": "word"},
    ),
    "context_spilled": EventKind(
        "a model got fewer layers on the GPU than it had at a smaller context",
        {"ctx_smaller": "tokens", "layers_smaller": "count"},
    ),
    "embedding_batch": EventKind("an embedding model has a batch that is smaller than its context", {}),
    "kv_cache_needs_flash": EventKind(
        "a launch has a quantized KV cache and no flash attention", {"type": "word"}
    ),
    "lora_missing": EventKind(
        "a launch has fewer adapters than the last one of the same weights", {"had": "count", "has": "count"}
    ),
    "threads_above_cores": EventKind(
        "a llama-server computes with more threads than the machine can run at once",
        {"used": "count", "cores": "count"},
    ),
    "mlock_failed": EventKind("the system did not let a runner lock its weights in memory", {}),
    "mmap_disabled": EventKind(
        "Ollama reads the weights into memory instead of mapping them, because the machine is short of it", {}
    ),
    "input_refused": EventKind(
        "llama-server refused an input that does not fit into one physical batch; `size`: in words",
        {"tokens": "tokens", "batch": "tokens", "size": "word"},
        measure="tokens",
    ),
    "format_drift": EventKind(
        "the log speaks of launches in words that we cannot read", {"what": "word"}, of_model=False
    ),
    "unverifiable": EventKind(
        "a release before 0.1.32, whose launches cannot be read", {"what": "word"}, of_model=False
    ),
    "runner_differs": EventKind(
        "a runner has other arguments than the log tells of its launch; `differs`: which, in words; `log`, "
        "`log_line`: where it tells; seen by `check --running` alone",
        {"pid": "count", "differs": "word", "log": "word", "log_line": "count"},
        in_log=False,
    ),
    "runner_orphaned": EventKind(
        "a runner whose server is gone; `memory`: what it holds, in words; seen by `check --running` alone",
        {"pid": "count", "memory": "word"},
        in_log=False,
    ),
}
