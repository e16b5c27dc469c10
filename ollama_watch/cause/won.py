"""Which source of a setting wins, and what the release makes of it (reference 2, 5, 10).

Order: request, the model's parameters, environment, what the release gives; then floors, caps and the rest.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal

from ollama_watch.cause import settings, variables
from ollama_watch.cause.became import hardware
from ollama_watch.cause.became.batch import batch
from ollama_watch.cause.became.circumstances import Loaded, Outcome
from ollama_watch.cause.became.context import context
from ollama_watch.cause.became.flash import flash_attention
from ollama_watch.cause.became.kv_cache import kv_cache_type
from ollama_watch.cause.became.parallel import parallel
from ollama_watch.cause.releases import at, named
from ollama_watch.cause.settings import Source, Way
from ollama_watch.model import Value
from ollama_watch.parse.version import Version
from ollama_watch.state.defaults import Default


class Told(Enum):
    """The third thing beside a value and none."""

    UNTOLD = "untold"  # whether this source set anything is not known


UNTOLD: Literal[Told.UNTOLD] = Told.UNTOLD
Given = Value | Literal[Told.UNTOLD]  # None: this source sets nothing
Winner = Source | Literal["unknown"]


@dataclass(frozen=True, slots=True)
class Won:
    """Who won, and what the value became."""

    source: Winner
    value: Value  # None: unknown, or automatic; `steps` say which
    steps: tuple[str, ...] = ()  # a sentence each, in the order in which they happened


_BECAME: Mapping[str, Callable[[Value, Version, Loaded], Outcome]] = {
    "ctx_per_slot": context,
    "batch_size": batch,
    "gpu_layers": hardware.gpu_layers,
    "threads": hardware.threads,
    "main_gpu": hardware.main_gpu,
    "mmap": hardware.mmap,
    "mlock": hardware.mlock,
    "parallel": parallel,
    "flash_attention": flash_attention,
    "kv_cache_type": kv_cache_type,
}
_AUTOMATIC_CONTEXT = "0.15.5"  # from here on 0 means unset
_WHO = {"request": "the request's", "model": "the model's", "environment": "the server's"}
_NOBODY = Loaded()


def decide(
    fact: str,
    release: Version | None,
    *,
    request: Given = None,
    model: Given = None,
    environment: Given = None,
    builtin: Default = None,
    loaded: Loaded = _NOBODY,
) -> Won:
    """Return which source wins and what its value became.

    `environment`: the variable's text, or what the server made of it. `builtin`: the context that the
    release gives, where the log told it; else it is looked up. Raises KeyError for a fact that cannot be set.
    """
    if fact not in _BECAME:
        raise KeyError(fact)
    if release is None:
        return Won("unknown", None, ("the release is not known",))
    environment, steps = _read(fact, environment, release)
    given: Mapping[Source, Given] = {"request": request, "model": model, "environment": environment}
    found = _picked(fact, release, given)
    if found.source == "unknown":
        return replace(found, steps=(*steps, *found.steps))
    if loaded.engine in ("mlx", "image"):
        return Won(found.source, None, (*steps, *found.steps, "no argument of this engine's launch tells it"))
    value = found.value
    if found.source == "built-in" and fact == "ctx_per_slot":
        value = _builtin_context(release, builtin, loaded)
    became, why = _BECAME[fact](value, release, loaded)
    return Won(found.source, became, (*steps, *found.steps, *why))


def _read(fact: str, given: Given, release: Version) -> tuple[Given, tuple[str, ...]]:
    """Return the variable as the server reads it; one that means "automatic" is as good as none."""
    variable = variables.OF_FACT.get(fact)
    steps: tuple[str, ...] = ()
    if variable is None or given is UNTOLD:
        return given, steps
    if isinstance(given, str):
        reading = variables.read(variable, given, release)
        given, steps = reading.value, (reading.step,) if reading.step else ()
    automatic = fact == "parallel" or (fact == "ctx_per_slot" and release >= at(_AUTOMATIC_CONTEXT))
    return (None if automatic and given == 0 else given), steps


def _picked(fact: str, release: Version, given: Mapping[Source, Given]) -> Won:
    """Return the source that wins with its value as it was given."""
    won: Won | None = None
    steps: list[str] = []
    for way in settings.ways(fact, release):
        value = given.get(way.source)
        if value is None:
            continue
        if not way.settable:
            if value is not UNTOLD:
                steps.append(_no_effect(way, release))
        elif won is not None:
            if value is not UNTOLD:
                steps.append(f"{_WHO[won.source]} {won.value} outranks {_WHO[way.source]} {value}")
        elif value is UNTOLD:
            who = _WHO[way.source].removesuffix("'s")
            return Won("unknown", None, (*steps, f"not known: what {who} says of {way.name} would win"))
        else:
            won = Won(way.source, value)
    return replace(won or Won("built-in", None), steps=tuple(steps))


def _no_effect(way: Way, release: Version) -> str:
    what = way.name or way.fact
    return f"{_WHO[way.source]} {what} has no effect in {named(release)}: {way.note}"


def _builtin_context(release: Version, told: Default, loaded: Loaded) -> Value:
    if isinstance(told, int):
        return told
    gpu = None if loaded.library is None else loaded.library != "cpu"
    found = settings.builtin_context(release, gpu=gpu)
    return found if isinstance(found, int) else None
