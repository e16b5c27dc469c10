"""The tokens of one slot: floors, then the trained length, then llama.cpp's rounding (reference 2, 10.1)."""

from collections.abc import Iterator

from ollama_watch.cause.became.circumstances import Loaded, Outcome
from ollama_watch.cause.releases import Span, named
from ollama_watch.model import Value
from ollama_watch.parse.version import Version

_LEAST = 4
_IMAGES, _IMAGES_SINCE, _PROJECTOR_ONLY = 2048, Span("0.11.5"), Span(until="0.1.33")
_GPTOSS = 8192
_GPTOSS_ROWS = (
    (("gptoss", "gpt-oss"), Span("0.11.0", "0.15.5")),
    (("qwen3vl", "qwen3vlmoe"), Span("0.12.7", "0.15.5")),
)
_LOW_VRAM_SPARED = Span("0.11.4")
_CAPPED = (Span(until="0.1.33"), Span("0.9.3"))
_NOT_MULTIPLIED = Span("0.1.33", "0.1.34")
_SLOT_OF_256, _SERVER = Span("0.13.2"), Span("0.30.0")
_ROUND = 256

Floor = tuple[int, bool | None, str]  # tokens, whether it holds, why


def context(value: Value, release: Version, loaded: Loaded) -> Outcome:
    """Return what one request may use of `value` tokens asked for."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None, ("the default hangs on the VRAM, of which nothing is known",)
    tokens, steps = value, list[str]()
    for least, holds, why in _floors(release, loaded):
        if tokens >= least or holds is False:
            continue
        if holds is None:
            return None, (*steps, f"not known: {least} at least {why}, if it is such a model")
        tokens = least
        steps.append(f"raised to {least}: the least {why}")
    return _capped(tokens, release, loaded, tuple(steps))


def capped(release: Version) -> bool:
    """Tell whether a release gives a model no more than the length that it was trained for."""
    return any(span.holds(release) for span in _CAPPED)


def _floors(release: Version, loaded: Loaded) -> Iterator[Floor]:
    yield _LEAST, True, "of any model"
    if _PROJECTOR_ONLY.holds(release):
        yield _IMAGES, loaded.projector, "with a projector"
    if _IMAGES_SINCE.holds(release):
        yield _IMAGES, loaded.vision, "of models that take images"
    for names, span in _GPTOSS_ROWS:
        if span.holds(release):
            yield _GPTOSS, _of_gptoss(names, release, loaded), f"of {names[0]} where VRAM is not low"


def _of_gptoss(names: tuple[str, ...], release: Version, loaded: Loaded) -> bool | None:
    if loaded.architecture is None:
        return None
    if loaded.architecture not in names:
        return False
    if not _LOW_VRAM_SPARED.holds(release):
        return True
    return None if loaded.low_vram is None else not loaded.low_vram


def _capped(tokens: int, release: Version, loaded: Loaded, steps: tuple[str, ...]) -> Outcome:
    if not capped(release):
        return _shared(tokens, release, loaded, steps)
    if loaded.trained is None:
        return None, (*steps, f"not known: {named(release)} caps at the trained length")
    if tokens > loaded.trained:
        steps = (*steps, f"capped at the trained length of {loaded.trained}")
        tokens = loaded.trained
    return _shared(tokens, release, loaded, steps)


def _shared(tokens: int, release: Version, loaded: Loaded, steps: tuple[str, ...]) -> Outcome:
    if _NOT_MULTIPLIED.holds(release):
        if loaded.parallel is None:
            return None, (*steps, "not known: the slots share it, and their number is not known")
        if loaded.parallel > 1:
            steps = (*steps, f"shared by {loaded.parallel} slots: 0.1.33 does not multiply it")
        tokens //= max(loaded.parallel, 1)
    of_llama = _SERVER.holds(release) or (_SLOT_OF_256.holds(release) and loaded.engine == "llama-runner")
    if of_llama and tokens % _ROUND:
        rounded = -(-tokens // _ROUND) * _ROUND
        steps = (*steps, f"{tokens} on the command line, which llama.cpp rounds up to {rounded}")
    return tokens, steps
