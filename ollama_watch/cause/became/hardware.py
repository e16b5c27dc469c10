"""Layers, threads, main GPU, mapping and locking (reference 1.4, 1.6, 3, 10.2)."""

from ollama_watch.cause.became.circumstances import Loaded, Outcome
from ollama_watch.cause.releases import Span
from ollama_watch.model import Value
from ollama_watch.parse.version import Version

_LOAD_REQUEST = Span("0.11.5", "0.30.0")
_SERVER = Span("0.30.0")
_MMAP_BY_DEFAULT = Span(until="0.1.45")
_NO_MMAP_ON_CPU = Span("0.2.0")
_METAL_PARTIAL = Span("0.1.40", "0.11.5")


def gpu_layers(value: Value, release: Version, loaded: Loaded) -> Outcome:
    """Return the layers as the launch states them; None: automatic, or not known."""
    if _LOAD_REQUEST.holds(release) and (loaded.library == "cpu" or value == 0):
        return 0, (() if value == 0 else ("there is no GPU",))
    if value is None or (isinstance(value, int) and value < 0):
        return None, ("automatic: as many as fit",)
    if _LOAD_REQUEST.holds(release):
        return None, (f"not known: of the {value} asked for as many as there are and fit",)
    return value, ()


def threads(value: Value, release: Version, loaded: Loaded) -> Outcome:
    """Return the CPU threads; None: automatic."""
    return (value, ()) if value else (None, ("automatic: by the processor",))


def main_gpu(value: Value, release: Version, loaded: Loaded) -> Outcome:
    """Return the index of the main GPU; None: the scheduler's choice, or one that nobody obeys."""
    if loaded.engine == "ollama-engine":
        return None, ("the new engine ignores it",) if value is not None else ()
    if _SERVER.holds(release):
        return value, () if value is not None else ("automatic: the scheduler chooses",)
    return value or 0, ()


def mmap(value: Value, release: Version, loaded: Loaded) -> Outcome:
    """Tell whether the weights are mapped; None: unknown."""
    if loaded.engine == "ollama-engine":
        return None, ("the new engine ignores it",) if value is not None else ()
    if value is False:
        return False, ()
    if value is None and not _MMAP_BY_DEFAULT.holds(release):
        if _NO_MMAP_ON_CPU.holds(release) and loaded.library == "cpu":
            return False, ("automatic: read, not mapped, on the CPU",)
        return None, ("automatic: by memory and platform",)
    return _mapped(release, loaded)


def _mapped(release: Version, loaded: Loaded) -> Outcome:
    if not _METAL_PARTIAL.holds(release) or loaded.library not in (None, "metal") or loaded.fits:
        return True, ()
    why = "not mapped on Metal where not all layers fit"
    if loaded.library == "metal" and loaded.fits is False:
        return False, (why,)
    return None, (f"not known: {why}",)


def mlock(value: Value, release: Version, loaded: Loaded) -> Outcome:
    """Tell whether the weights are locked in memory; None: unknown."""
    if value is True and loaded.engine == "ollama-engine":
        return False, ("the new engine ignores it",)
    return value is True, ()
