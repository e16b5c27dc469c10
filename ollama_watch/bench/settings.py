"""The settings that llama-bench sweeps: its names for them, and what our rules call them.

The seven that Ollama's log tells have a row in `SETTINGS`. Any other is kept under llama-bench's own name:
runs are compared only where it is the same.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

_ON = {
    "1": "on",
    "true": "on",
    "on": "on",
    "0": "off",
    "false": "off",
    "off": "off",
    "-1": "auto",
    "auto": "auto",
}
_TRUE = {"1": "true", "true": "true", "0": "false", "false": "false"}
_MODE = {"mmap": "true", "none": "false"}  # others stay themselves: Ollama has nothing like them
_ALL_LAYERS = 99  # llama-bench's own word for all up to 2025
_SHORT = {
    "sm": "split_mode",
    "mg": "main_gpu",
    "nkvo": "no_kv_offload",
    "ts": "tensor_split",
    "ot": "tensor_buft_overrides",
    "dev": "devices",
    "embd": "embeddings",
    "nopo": "no_op_offload",
    "noh": "no_host",
    "fitt": "fit_target",
    "fitc": "fit_min_ctx",
}  # heads of Markdown columns


class Setting(NamedTuple):
    """One setting that a rule can expect."""

    fact: str  # of `verify.facts.FACTS`
    title: str  # as people say it
    usable: Callable[[str], bool]  # whether a rule can expect this value


def said(value: str) -> str:
    """Return a value as people read it, in the words of `verify.judge.shown`."""
    return {"true": "yes", "false": "no"}.get(value, value)


def _number(value: str) -> bool:
    return value.isdigit()


SETTINGS: Mapping[str, Setting] = {
    "flash_attention": Setting("flash_attention_effective", "flash attention", ("on", "off").__contains__),
    "batch_size": Setting("batch_size", "batch size", _number),
    "ubatch_size": Setting("ubatch_size", "ubatch size", _number),
    "kv_cache_type": Setting("kv_cache_type_effective", "KV cache type", lambda value: "/" not in value),
    "threads": Setting("threads", "threads", _number),
    "gpu_layers": Setting("gpu_layers", "GPU layers", lambda value: value == "all" or _number(value)),
    "mmap": Setting("mmap", "mmap", ("true", "false").__contains__),
}


def _whole(text: str) -> str:
    if not re.fullmatch(r"\d{1,9}", text):
        raise ValueError(text)
    return str(int(text))


def _layers(text: str) -> str:
    return "all" if text == "-1" or int(_whole(text)) >= _ALL_LAYERS else _whole(text)


def _type(text: str) -> str:
    if not re.fullmatch(r"\w{1,20}", text, re.ASCII):
        raise ValueError(text)
    return text.lower()


_READ: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "fa": ("flash_attention", lambda text: _ON[text.lower()]),
    "flash_attn": ("flash_attention", lambda text: _ON[text.lower()]),
    "n_batch": ("batch_size", _whole),
    "n_ubatch": ("ubatch_size", _whole),
    "type_k": ("type_k", _type),
    "type_v": ("type_v", _type),
    "threads": ("threads", _whole),
    "n_threads": ("threads", _whole),
    "ngl": ("gpu_layers", _layers),
    "n_gpu_layers": ("gpu_layers", _layers),
    "mmap": ("mmap", lambda text: _TRUE[text.lower()]),
    "use_mmap": ("mmap", lambda text: _TRUE[text.lower()]),
    "lm": ("mmap", lambda text: _MODE.get(text.lower(), text)),
    "load_mode": ("mmap", lambda text: _MODE.get(text.lower(), text)),
}


class UnreadableError(ValueError):
    """A setting has a value that llama-bench does not print; `args` are its column and the value."""


def settings(told: Mapping[str, str]) -> dict[str, str]:
    """Return settings by our names from columns by llama-bench's; raise UnreadableError."""
    found = {}
    for column, text in told.items():
        name, read = _READ.get(column, (_SHORT.get(column, column), str))
        try:
            found[name] = read(text)
        except (KeyError, ValueError) as error:
            raise UnreadableError(column, text) from error
    if {"type_k", "type_v"} & set(found):  # a table shows only what is no default
        keys, values = found.pop("type_k", "f16"), found.pop("type_v", "f16")
        found["kv_cache_type"] = keys if keys == values else f"{keys}/{values}"
    return found
