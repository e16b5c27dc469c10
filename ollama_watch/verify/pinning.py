"""A rule that keeps a launch as it is: its facts as expectations."""

from collections.abc import Callable, Mapping

from ollama_watch.model import Facts, Value


def _at_least(value: Value, facts: Facts) -> str:
    return f">= {value}"


def _itself(value: Value, facts: Facts) -> Value:
    return value


def _layers(value: Value, facts: Facts) -> str:
    return "all" if value == facts.get("layers_total") else f">= {value}"


# What people set or what their machine gives; more context and more layers are no loss.
PINNED: Mapping[str, Callable[[Value, Facts], Value]] = {
    "ctx_per_slot": _at_least,
    "parallel": _itself,
    "layers_offloaded": _layers,
    "library": _itself,
    "batch_size": _itself,
    "ubatch_size": _itself,
    "flash_attention_effective": _itself,
    "kv_cache_type": _itself,
    "threads": _itself,
    "main_gpu": _itself,
    "tensor_split": _itself,
    "mmap": _itself,
    "mlock": _itself,
    "lora": _itself,
    "mmproj": _itself,
}


def pinned(name: str, facts: Facts, model: str) -> dict[str, object]:
    """Return a rule, as it stands in YAML, that fires when a later launch of this model is another one."""
    tags = facts.get("model")
    about = (
        {"model": tags[0]} if isinstance(tags, tuple) and tags else {"model_digest": facts["model_digest"]}
    )
    expected = {
        fact: list(found) if isinstance(found, tuple) else found
        for fact, make in PINNED.items()
        if (value := facts.get(fact)) is not None
        for found in (make(value, facts),)
    }
    return {
        "id": name,
        "severity": "warning",
        "summary": f"{{model}} is not launched as it was when {name} was written",
        "about": f"keeps {model} as it was launched",
        "when": about,
        "expect": expected,
        "unless": {"failed-to-start": {"failed": True}},
    }
