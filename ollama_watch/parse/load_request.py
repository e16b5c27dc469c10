"""The load request of 0.11.5 to 0.24: a Go struct printed with %+v (reference 3).

Fields never changed their order; a path may hold blanks, so the text is split at the known names.
"""

import re
from dataclasses import dataclass

from ollama_watch.parse.logfmt import shortened, whole

_FIELDS = (
    "Operation LoraPath Parallel BatchSize FlashAttention KvSize KvCacheType NumThreads GPULayers "
    "MultiUserCache ProjectorPath MainGPU UseMmap"
).split()
_NAME = re.compile(r"(?:^\{|\s)(" + "|".join(_FIELDS) + "):")
_MOST_ADAPTERS = 16
_PATH = 4096  # characters, the most that a system takes
_ELIDED = re.compile(r"\.\.\.|…")  # what a terminal or a pager left out
_FLASH = {
    "true": "on", "false": "off",  # up to 0.13.3
    "Enabled": "on", "Disabled": "off", "Auto": "auto",  # 0.13.4 on
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRequest:
    """What the server asked a runner to load; None is not stated."""

    operation: str  # fit, alloc, commit, close
    parallel: int | None
    batch_size: int | None
    flash_attention: str | None  # on, off, auto
    kv_size: int | None  # tokens of all slots together
    kv_cache_type: str | None
    threads: int | None
    gpu_layers: int | None
    lora: tuple[str, ...]
    mmproj: str | None
    main_gpu: int | None
    mmap: bool | None
    old_spelling: bool  # flash attention as true or false: before 0.13.4


def load_request(text: str, *, cut: bool) -> LoadRequest | None:
    """Read the struct; of a cut one only the whole fields. None if it is none."""
    stated = _fields(text, cut=cut)
    operation = stated.get("Operation")
    if operation not in ("fit", "alloc", "commit", "close"):
        return None
    flash = stated.get("FlashAttention")
    mmap = stated.get("UseMmap")
    return LoadRequest(
        operation=operation,
        parallel=whole(stated.get("Parallel", "")),
        batch_size=whole(stated.get("BatchSize", "")),
        flash_attention=_FLASH.get(flash or ""),
        kv_size=whole(stated.get("KvSize", "")),
        kv_cache_type=shortened(stated.get("KvCacheType", "")) or None,
        threads=whole(stated.get("NumThreads", "")),
        gpu_layers=_gpu_layers(stated.get("GPULayers", "")),
        lora=tuple(stated.get("LoraPath", "")[:_PATH].strip("[]").split()[:_MOST_ADAPTERS]),
        mmproj=stated.get("ProjectorPath", "")[-_PATH:] or None,
        main_gpu=whole(stated.get("MainGPU", "")),
        mmap=None if mmap is None else mmap == "true",
        old_spelling=flash in ("true", "false"),
    )


def _fields(text: str, *, cut: bool) -> dict[str, str]:
    names = list(_NAME.finditer(text))
    closed = text.endswith("}") and not cut
    ends = [name.start() for name in names[1:]] + [len(text) - 1 if closed else len(text)]
    stated = (
        {name[1]: text[name.end() : end].strip() for name, end in zip(names, ends, strict=True)}
        if names
        else {}
    )
    if names and not closed:
        del stated[names[-1][1]]
    return {name: value for name, value in stated.items() if not _ELIDED.search(value)}


def _gpu_layers(text: str) -> int | None:
    """`[]` is none on the GPU; else the number before the bracket is the sum over all GPUs."""
    if text == "[]":
        return 0
    count, bracket, _ = text.partition("[")
    return whole(count) if bracket else None
