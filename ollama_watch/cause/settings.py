"""How each setting of a launch can be set, by release: fact × source, by precedence (reference 10.3).

A request outranks the model's own parameters, these outrank the server's environment, and that outranks
what the release gives by itself. No setting of the ten has both an option and a variable but the context.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ollama_watch.cause import options, variables
from ollama_watch.cause.endpoints import carrying
from ollama_watch.cause.releases import Span, at, named
from ollama_watch.parse.version import Version
from ollama_watch.state import defaults
from ollama_watch.state.server import Server

Source = Literal["request", "v1", "model", "environment", "built-in"]

FACTS = (
    "ctx_per_slot", "batch_size", "gpu_layers", "threads", "main_gpu", "mmap", "mlock", "parallel",
    "flash_attention", "kv_cache_type",
)  # fmt: skip
_WORDS = {"context": "ctx_per_slot", "batch": "batch_size", "kv_type": "kv_cache_type"}
_NEW_ENGINE_IGNORES = ("main_gpu", "mmap", "mlock")  # reference 1.4, 3
CACHE_NEEDS_FLASH = Span(until="0.30.0")  # for a quantized one: reference 5
_ONE_SLOT_TOO_MANY = Span("0.1.33", "0.1.34")  # num_ctx is not multiplied: reference 2

_ALWAYS: Mapping[str, str] = {
    "batch_size": "512",
    "gpu_layers": "as many as fit",
    "threads": "by the processor",
    "main_gpu": "0",
    "mmap": "true",
    "mlock": "false",
    "parallel": "1",
    "flash_attention": "off",
    "kv_cache_type": "f16",
}
_SINCE: Mapping[str, tuple[tuple[str, str], ...]] = {  # from this release on, the newest first
    "batch_size": (
        ("0.30.0", "512, 1024 or 2048, by context and memory"),
        ("0.11.11", "512, or the context if that is smaller"),
    ),
    "main_gpu": (("0.30.0", "by the scheduler"),),
    "mmap": (("0.1.45", "by memory and platform"),),
    "parallel": (
        ("0.10.0", "1"),
        ("0.6.7", "2, or 1 if that does not fit"),
        ("0.2.0", "4, or 1 if that does not fit"),
    ),
    "flash_attention": (
        ("0.30.0", "auto"),
        ("0.13.4", "auto, or by architecture in the new engine"),
        ("0.11.8", "off, on for some architectures"),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One source of a setting, and whether it reaches the launch in a release."""

    fact: str
    source: Source
    name: str  # option, PARAMETER or variable; of the built-in: what it is, in words
    settable: bool | None  # None: the release is unknown and matters
    note: str = ""  # why not, or what to mind
    endpoints: tuple[str, ...] = ()  # by which a request says it


def fact_named(word: str) -> str | None:
    """Return the fact that people mean by `word`: context is ctx_per_slot; None if it cannot be set."""
    fact = _WORDS.get(word, word)
    return fact if fact in FACTS else None


@lru_cache(256)  # a page of a hundred models asks a thousand times
def ways(fact: str, release: Version | None, engine: str | None = None) -> tuple[Way, ...]:
    """Return every source of a setting, the one that outranks the others first.

    `engine`: the fact of that name, where it is known. Raises KeyError for a fact that is not in `FACTS`.
    """
    if fact not in FACTS:
        raise KeyError(fact)
    by_option = _by_option(fact, release, engine)
    return (*by_option, _by_variable(fact, release), _by_itself(fact, release))


def _by_option(fact: str, release: Version | None, engine: str | None) -> tuple[Way, ...]:
    option = options.OF_FACT.get(fact)
    if option is None:
        nothing = f"no option sets it: only the variable {variables.OF_FACT[fact].name} does"
        sources: tuple[Source, ...] = ("request", "v1", "model")
        return tuple(
            Way(fact=fact, source=source, name="", settable=False, note=nothing) for source in sources
        )
    settable, note = _reaches(option, release, engine)
    paths = carrying(option.name, release) if settable else ()
    never = f"no endpoint under /v1 carries {option.name}"
    return (
        Way(fact=fact, source="request", name=option.name, settable=settable, note=note, endpoints=paths),
        Way(fact=fact, source="v1", name=option.name, settable=False, note=never),
        Way(fact=fact, source="model", name=option.name, settable=settable, note=note),
    )


def _reaches(option: options.Option, release: Version | None, engine: str | None) -> tuple[bool | None, str]:
    """Tell whether an option acts on the launch, and why not or what to mind."""
    known = option.span.holds(release)
    if known is None:
        return None, f"gone since {option.span.until}"
    if not known:
        return (
            False,
            f"gone since {option.span.until}: the server warns “invalid option provided” and goes on",
        )
    if engine in ("mlx", "image"):
        return None, "no argument of this engine's launch tells it"
    if engine == "ollama-engine" and option.fact in _NEW_ENGINE_IGNORES:
        return False, "the new engine ignores it"
    if option.fact == "ctx_per_slot" and release and _ONE_SLOT_TOO_MANY.holds(release):
        return True, "tokens of all slots in this release: multiply by OLLAMA_NUM_PARALLEL"
    return True, option.note


def _by_variable(fact: str, release: Version | None) -> Way:
    variable = variables.OF_FACT.get(fact)
    if variable is None:
        return Way(
            fact=fact, source="environment", name="", settable=False, note="no variable of Ollama sets it"
        )
    settable = variable.span.holds(release)
    note = "" if settable else f"known from {variable.span.since} on"
    if settable and fact == "kv_cache_type" and CACHE_NEEDS_FLASH.holds(release):
        note = f"a quantized one only with {variables.OF_FACT['flash_attention'].name}=1, up to 0.24"
    return Way(fact=fact, source="environment", name=variable.name, settable=settable, note=note)


def _by_itself(fact: str, release: Version | None) -> Way:
    name = "by release" if release is None else built_in(fact, release)
    return Way(fact=fact, source="built-in", name=name, settable=False, note="where nobody sets it")


def built_in(fact: str, release: Version) -> str:
    """Return what a release gives when nobody sets anything, in words."""
    if fact != "ctx_per_slot":
        since = _SINCE.get(fact, ())
        return next((words for first, words in since if release >= at(first)), _ALWAYS[fact])
    tokens = builtin_context(release)
    if isinstance(tokens, tuple):
        return " or ".join(str(n) for n in tokens) + ", by VRAM"
    return "not known" if tokens is None else str(tokens)


def builtin_context(release: Version, *, gpu: bool | None = None) -> defaults.Default:
    """Return the tokens of one slot that a release gives by itself, without the floor of an architecture.

    Several where that hangs on VRAM; without a GPU it does not.
    """
    server = Server(version_text=named(release), gpus=() if gpu is False else None)
    return defaults.builtin(server, era(release), architecture=None)


def era(release: Version) -> str:
    """Return the id of the wording in which a release tells of its launches."""
    if release < at("0.11.5"):
        return "command-line"
    return "load-request" if release < at("0.30.0") else "llama-server"
