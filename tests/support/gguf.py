"""A tiny random model in GGUF, which a real llama.cpp server loads in no time. It babbles.

The format is little-endian: magic, version, numbers of tensors and of keys; the keys with their values; the
tensors' names, shapes and offsets; and, aligned, their data.
"""

import random
import struct
from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path

_ALIGNMENT = 32  # bytes
_VERSION = 3
_F32 = 0  # of a tensor
_U32, _FLOAT, _STRING, _ARRAY, _I32 = 4, 6, 8, 9, 5  # of a value
_UNKNOWN, _CONTROL, _NORMAL, _BYTE = 2, 3, 1, 6  # of a token

Value = int | float | str | Sequence[int] | Sequence[float] | Sequence[str]


def write_model(path: Path, *, trained: int = 4096, layers: int = 2, width: int = 64, seed: int = 1) -> Path:
    """Write a llama model that takes `trained` tokens, about half a megabyte; return `path`."""
    tokens, scores, types = _vocabulary()
    keys: Mapping[str, Value] = {
        "general.architecture": "llama",
        "general.name": "tiny-random",
        "llama.context_length": trained,
        "llama.embedding_length": width,
        "llama.block_count": layers,
        "llama.feed_forward_length": 2 * width,
        "llama.attention.head_count": 2,
        "llama.attention.head_count_kv": 2,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": width // 2,
        "llama.vocab_size": len(tokens),
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.scores": scores,
        "tokenizer.ggml.token_type": types,
        "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
    }
    shapes = _shapes(len(tokens), layers, width)
    head = struct.pack("<4sIQQ", b"GGUF", _VERSION, len(shapes), len(keys))
    head += b"".join(_text(key) + _value(value) for key, value in keys.items())
    head += _directory(shapes)
    chance = random.Random(seed)  # noqa: S311  # weights, no secrets
    data = b"".join(_padded(_weights(name, shape, chance)) for name, shape in shapes.items())
    path.write_bytes(_padded(head) + data)
    return path


def _vocabulary() -> tuple[list[str], list[float], list[int]]:
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), "▁", "a", "e", "the"]
    words = len(tokens) - 259
    scores = [0.0] * 3 + [-1000.0] * 256 + [-1.0] * words
    return tokens, scores, [_UNKNOWN, _CONTROL, _CONTROL, *[_BYTE] * 256, *[_NORMAL] * words]


def _shapes(tokens: int, layers: int, width: int) -> dict[str, tuple[int, ...]]:
    """Return the tensors with their dimensions, the fastest first."""
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (width, tokens),
        "output_norm.weight": (width,),
        "output.weight": (width, tokens),
    }
    for layer in range(layers):
        block = f"blk.{layer}"
        shapes |= {f"{block}.{name}.weight": (width,) for name in ("attn_norm", "ffn_norm")}
        square = ("attn_q", "attn_k", "attn_v", "attn_output")
        shapes |= {f"{block}.{name}.weight": (width, width) for name in square}
        shapes |= {f"{block}.{name}.weight": (width, 2 * width) for name in ("ffn_gate", "ffn_up")}
        shapes[f"{block}.ffn_down.weight"] = (2 * width, width)
    return shapes


def _directory(shapes: Mapping[str, tuple[int, ...]]) -> bytes:
    text, offset = b"", 0
    for name, shape in shapes.items():
        text += _text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, _F32, offset)
        size = 4 * _elements(shape)
        offset += size + -size % _ALIGNMENT
    return text


def _weights(name: str, shape: tuple[int, ...], chance: random.Random) -> bytes:
    norm = name.endswith("norm.weight")
    return array("f", [1.0 if norm else chance.gauss(0, 0.05) for _ in range(_elements(shape))]).tobytes()


def _elements(shape: tuple[int, ...]) -> int:
    return shape[0] * (shape[1] if len(shape) > 1 else 1)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % _ALIGNMENT)


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value: Value) -> bytes:
    match value:
        case str():
            return struct.pack("<I", _STRING) + _text(value)
        case int():
            return struct.pack("<II", _U32, value)
        case float():
            return struct.pack("<If", _FLOAT, value)
        case _:
            return struct.pack("<I", _ARRAY) + _array(value)


def _array(values: Sequence[int] | Sequence[float] | Sequence[str]) -> bytes:
    kind, letter = {str: (_STRING, ""), float: (_FLOAT, "f"), int: (_I32, "i")}[type(values[0])]
    head = struct.pack("<IQ", kind, len(values))
    if kind == _STRING:
        return head + b"".join(_text(str(value)) for value in values)
    return head + struct.pack(f"<{len(values)}{letter}", *values)
