"""The number of slots (reference 2, 10.2, 10.4)."""

from collections.abc import Iterator

from ollama_watch.cause.became.circumstances import Loaded, Outcome
from ollama_watch.cause.releases import Span, at
from ollama_watch.model import Value
from ollama_watch.parse.version import Version

_AUTOMATIC = (("0.10.0", 1), ("0.6.7", 2), ("0.2.0", 4))  # from this release on
_PROJECTOR = Span("0.1.34", "0.4.1")
_EMBEDDING = Span("0.3.7")
_ARCHITECTURES = (  # each list adds to those before
    ("0.4.1", "mllama"),
    ("0.12.7", "qwen3vl qwen3vlmoe"),
    ("0.15.5", "qwen3next lfm2 lfm2moe"),
    ("0.17.1", "qwen35 qwen35moe nemotron_h nemotron_h_moe"),
    ("0.22.0", "nemotron_h_omni"),
)
_PARTIAL_BUG = Span("0.3.1", "0.3.7")


def parallel(value: Value, release: Version, loaded: Loaded) -> Outcome:
    """Return the slots that `value` becomes; None or 0: automatic."""
    asked = value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
    slots, steps = (asked, ()) if asked is not None else _automatic(release, loaded)
    if slots == 1:
        return 1, steps
    for forced, why in _forced(release, loaded, asked):
        if forced is None:
            return None, (*steps, f"not known: 1 {why}, if it is one")
        if forced:
            return 1, (*steps, f"1 {why}")
    return slots, steps


def _automatic(release: Version, loaded: Loaded) -> Outcome:
    most = next((slots for since, slots in _AUTOMATIC if release >= at(since)), 1)
    if most == 1:
        return 1, ()
    if loaded.library == "cpu":
        return most, (f"automatic: {most} without a GPU",)
    if loaded.fits is None:
        return None, (f"automatic: {most} if all of it fits on GPUs, else 1; which is not known",)
    slots = most if loaded.fits else 1
    return slots, (f"automatic: {slots}, for {'all' if loaded.fits else 'not all'} of it fits on GPUs",)


def _forced(release: Version, loaded: Loaded, asked: int | None) -> Iterator[tuple[bool | None, str]]:
    if _PROJECTOR.holds(release):
        yield loaded.projector, "for a model with a projector"
    if _EMBEDDING.holds(release):
        yield loaded.embedding, "for an embedding model"
    forced = [name for since, names in _ARCHITECTURES if release >= at(since) for name in names.split()]
    if forced:
        known = None if loaded.architecture is None else loaded.architecture in forced
        yield known, f"for the architecture {loaded.architecture or 'on the list of this release'}"
    if _PARTIAL_BUG.holds(release) and asked:
        partial = False if loaded.library == "cpu" or loaded.fits else loaded.fits is False or None
        yield partial, "on partial offload, though the context stays multiplied"
