"""What the header of a model says of it, as llama.cpp reads its keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MOST = {"context_length": 1 << 31, "pooling_type": 100, "block_count": 10_000, "head_count": 1 << 16}
_LONGEST = 64  # characters of an architecture
# What else the keys may name below `attention.` without another cache than one row a token and layer.
_ORDINARY = frozenset(
    """head_count head_count_kv key_length value_length layer_norm_epsilon layer_norm_rms_epsilon
    group_norm_epsilon group_norm_groups max_alibi_bias clamp_kqv scale output_scale temperature_length
    temperature_scale causal sliding_window""".split()
)
# Keys of states of a fixed size, of layers that keep none or share one, and of encoders.
_OTHERWISE = (
    "ssm. wkv. kda. shortconv. time_ token_shift decoder_ full_attention_interval nextn_predict_layers "
    "embedding_length_per_layer_input hyper_connection."
).split()
# Their windows are in the program, not in the header.
_WINDOWED = frozenset("gemma2 gemma3 gemma3n llama4 exaone4 cohere2 gptoss gpt-oss".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Facts of a model's header; None: it does not say, or not plainly."""

    architecture: str
    context_length: int | None = None  # tokens it was trained for
    pooling_type: int | None = None  # above 0: it embeds
    block_count: int | None = None  # layers
    head_count_kv: tuple[int, ...] | None = None  # of each layer
    key_length: int | None = None  # values of a head
    value_length: int | None = None
    ordinary: bool = False  # one row of the cache for each token in each layer, and nothing else
    file_size: int | None = None  # bytes


def from_keys(keys: Mapping[str, Any], file_size: int | None) -> Header | None:
    """Return the header with these keys, or None if they name no architecture."""
    architecture = keys.get("general.architecture")
    if not isinstance(architecture, str) or not 0 < len(architecture) <= _LONGEST:
        return None
    own = {key.removeprefix(f"{architecture}."): value for key, value in keys.items()}
    blocks, heads = _whole(own, "block_count"), own.get("attention.head_count")
    each = heads[0] if isinstance(heads, tuple | list) and heads else heads
    length = _head_length(_whole(own, "embedding_length"), each)
    return Header(
        architecture=architecture,
        context_length=_whole(own, "context_length") or None,
        pooling_type=_whole(own, "pooling_type"),
        block_count=blocks,
        head_count_kv=_per_layer(own.get("attention.head_count_kv", heads), blocks),
        key_length=_whole(own, "attention.key_length") if "attention.key_length" in own else length,
        value_length=_whole(own, "attention.value_length") if "attention.value_length" in own else length,
        ordinary=architecture not in _WINDOWED and _is_ordinary(own),
        file_size=file_size,
    )


def _whole(keys: Mapping[str, Any], key: str) -> int | None:
    value = keys.get(key)
    most = _MOST.get(key, 1 << 24)
    return value if type(value) is int and 0 <= value <= most else None


def _head_length(width: int | None, heads: Any) -> int | None:
    return width // heads if width and type(heads) is int and heads > 0 else None


def _per_layer(heads: Any, blocks: int | None) -> tuple[int, ...] | None:
    if blocks is None:
        return None
    each = (heads,) * blocks if type(heads) is int else heads
    if not isinstance(each, tuple | list) or len(each) != blocks:
        return None
    most = _MOST["head_count"]
    return tuple(each) if all(type(one) is int and 0 <= one <= most for one in each) else None


def _is_ordinary(own: Mapping[str, Any]) -> bool:
    attention = {key.removeprefix("attention.") for key in own if key.startswith("attention.")}
    return (
        attention <= _ORDINARY
        and not own.get("attention.sliding_window")
        and own.get("attention.causal", True) is True
        and not any(key.startswith(tuple(_OTHERWISE)) for key in own)
    )
