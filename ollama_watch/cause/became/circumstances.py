"""What a launch's arguments hang on besides what was set."""

from dataclasses import dataclass

from ollama_watch.model import Value

Outcome = tuple[Value, tuple[str, ...]]  # None: unknown or automatic; then why, a sentence each


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The model and where it was loaded, as far as known; None is unknown, never no."""

    architecture: str | None = None  # general.architecture
    engine: str | None = None  # llama-runner, ollama-engine, llama-server, mlx, image
    library: str | None = None  # cpu, cuda, rocm, metal, vulkan
    trained: int | None = None  # tokens
    embedding: bool | None = None
    projector: bool | None = None  # a projector layer of its own
    vision: bool | None = None  # takes images
    fits: bool | None = None  # all layers on GPUs with the larger automatic number of slots
    low_vram: bool | None = None  # `entering low vram mode`
    num_ctx: int | None = None  # tokens of one slot, as they became
    parallel: int | None = None  # slots, as they became
    flash_attention: str | None = None  # as it became
    flash_supported: bool | None = None  # False: warned of; None: judged by what else is known
