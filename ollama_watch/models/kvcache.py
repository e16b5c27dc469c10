"""What a token costs in the KV cache."""

from collections.abc import Mapping

from ollama_watch.models.header import Header

# Bytes and values of a block (ggml), of the types that llama.cpp takes for its cache.
_BLOCKS: Mapping[str, tuple[int, int]] = {
    "f32": (4, 1),
    "f16": (2, 1),
    "bf16": (2, 1),
    "q8_0": (34, 32),
    "q5_1": (24, 32),
    "q5_0": (22, 32),
    "q4_1": (20, 32),
    "q4_0": (18, 32),
    "iq4_nl": (18, 32),
}


def kv_bytes_per_token(
    header: Header, kv_cache_type: str, kv_cache_type_v: str | None = None
) -> float | None:
    """Return the bytes that one token takes in all layers together; times `ctx_size` it is the whole cache.

    `kv_cache_type_v`: where values have another type than keys. None where the header does not tell plainly:
    sliding windows, states of a fixed size, compressed keys (MLA), encoders, types that do not fit.
    """
    keys, values = _BLOCKS.get(kv_cache_type), _BLOCKS.get(kv_cache_type_v or kv_cache_type)
    if not header.ordinary or not header.head_count_kv or not keys or not values:
        return None
    if not header.key_length or not header.value_length:
        return None
    if header.key_length % keys[1] or header.value_length % values[1]:
        return None  # llama.cpp refuses it: a head must be whole blocks
    head = header.key_length * keys[0] / keys[1] + header.value_length * values[0] / values[1]
    return sum(header.head_count_kv) * head or None
