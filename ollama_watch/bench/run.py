"""One run of llama-bench: what was measured, with which settings, how fast.

The shape of its output is that of llama.cpp's tools/llama-bench/llama-bench.cpp, builds 1000 to 11549.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_LIBRARIES = {
    "rocm": "rocm",
    "hip": "rocm",
    "cuda": "cuda",
    "metal": "metal",
    "mtl": "metal",
    "vulkan": "vulkan",
    "sycl": "sycl",
    "cpu": "cpu",
}
_HELPERS = frozenset(
    ("blas", "openblas", "accelerate", "zendnn", "rpc", "gpu blas")
)  # beside a GPU, or the CPU
_DIGEST = re.compile(r"sha256[-:]([0-9a-f]{64})")
_SHOWN = 200  # characters of a name that is told to people


@dataclass(frozen=True, slots=True)
class Model:
    """A model as llama-bench names it; two quantizations of one are two."""

    name: str  # "qwen2 7B Q4_K - Medium"
    size: str  # "4.36 GiB"
    file: str = ""  # its file's name without the folder; a Markdown table does not tell it

    @property
    def digest(self) -> str | None:
        """64 hex digits, if the file is one of Ollama's blobs."""
        found = _DIGEST.fullmatch(self.file)
        return found[1] if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One test with one set of settings, repeated by llama-bench and averaged."""

    model: Model
    backend: str  # "ROCm", "CUDA,BLAS"
    test: str  # pp512, tg128, pp512+tg128, tg128 @ d4096
    speed: float  # tokens/s, mean
    error: float  # tokens/s, standard deviation of the repetitions
    settings: Mapping[str, str] = field(default_factory=dict)  # see `bench.settings`; those that are told
    device: str = ""  # "AMD Radeon RX 6900 XT, gfx1030"; empty: the file does not name it
    build: str = ""  # "8cf427ff (5163)"

    @property
    def library(self) -> str:
        """What Ollama calls the backend: rocm, cuda, …, cpu; empty if it could be one of several."""
        parts = [part.strip().lower() for part in self.backend.split(",")]
        found = {_LIBRARIES.get(part, slug(part)) for part in parts if part and part not in _HELPERS}
        return found.pop() if len(found) == 1 else "" if found else "cpu"

    def __str__(self) -> str:
        return f"{self.speed:.2f} ± {self.error:.2f}"


def slug(text: str) -> str:
    """Return `text` as a part of a rule's id: qwen2-7b-q4-k-medium."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower())) or "unnamed"


def plain(text: str) -> str:
    """Return `text` from a file in one visible line."""
    words = " ".join(text.split())
    return "".join(one if one.isprintable() else "�" for one in words[:_SHOWN])
