"""The variables that Ollama reads, by release (reference 8, 10.2).

The start line lists them from 0.1.34 on. Those of its first versions may be older: they are known to
every release here, for to call one of them unknown would be the worse mistake.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from ollama_watch.cause.releases import Span, at, named
from ollama_watch.model import Value
from ollama_watch.parse.version import Version

Kind = Literal["switch", "number", "duration", "level", "word", "list", "path"]
_TRUE = frozenset("1 t T TRUE true True".split())  # as Go reads them
_FALSE = frozenset("0 f F FALSE false False".split())
_MOST = 2**63


class Variable(NamedTuple):
    """One variable of the server."""

    name: str
    kind: Kind
    default: str  # what holds without it, in words
    span: Span = Span()
    fact: str | None = None  # what it becomes at a launch; None: nothing that this program follows


_ROWS = (
    Variable("OLLAMA_CONTEXT_LENGTH", "number", "the release's default", Span("0.5.13"), "ctx_per_slot"),
    Variable("OLLAMA_NUM_PARALLEL", "number", "1, automatic from 0.2.0 to 0.9.6", Span("0.1.33"), "parallel"),
    Variable("OLLAMA_FLASH_ATTENTION", "switch", "by release and model", Span("0.1.39"), "flash_attention"),
    Variable("OLLAMA_KV_CACHE_TYPE", "word", "f16", Span("0.5.0"), "kv_cache_type"),
    Variable("OLLAMA_DEBUG", "level", "INFO"),
    Variable("OLLAMA_DEBUG_LOG_REQUESTS", "switch", "off", Span("0.18.3")),
    Variable("OLLAMA_EDITOR", "word", "none", Span("0.16.0")),
    Variable("OLLAMA_GO_TEMPLATE", "switch", "on", Span("0.30.0")),
    Variable("OLLAMA_GPU_OVERHEAD", "number", "0 bytes", Span("0.3.10")),
    Variable("OLLAMA_HOST", "word", "127.0.0.1:11434"),
    Variable("OLLAMA_IGPU_ENABLE", "word", "none", Span("0.30.0")),
    Variable("OLLAMA_INTEL_GPU", "switch", "off", Span("0.1.45", "0.12.11")),
    Variable("OLLAMA_KEEP_ALIVE", "duration", "5m"),
    Variable("OLLAMA_LIBRARY_PATH", "path", "Ollama sets it for its runners", Span("0.12.4")),
    Variable("OLLAMA_LLM_LIBRARY", "word", "automatic"),
    Variable("OLLAMA_LOAD_TIMEOUT", "duration", "5m without progress", Span("0.3.10")),
    Variable("OLLAMA_MAX_LOADED_MODELS", "number", "1, from 0.2.0 on 3 a GPU", Span("0.1.33")),
    Variable("OLLAMA_MAX_QUEUE", "number", "512", Span("0.1.33")),
    Variable("OLLAMA_MAX_TRANSFER_STREAMS", "number", "4", Span("0.23.3")),
    Variable("OLLAMA_MAX_VRAM", "number", "none", Span(until="0.2.8")),
    Variable("OLLAMA_MODELS", "path", "~/.ollama/models"),
    Variable("OLLAMA_MULTIUSER_CACHE", "switch", "off", Span("0.3.13", "0.30.0")),
    Variable("OLLAMA_NEW_ENGINE", "switch", "by architecture", Span("0.5.12", "0.30.0")),
    Variable("OLLAMA_NEW_ESTIMATES", "switch", "off", Span("0.11.5", "0.11.11")),
    Variable("OLLAMA_NOHISTORY", "switch", "off"),
    Variable("OLLAMA_NOPRUNE", "switch", "off"),
    Variable("OLLAMA_NO_CLOUD", "switch", "off", Span("0.16.2")),
    Variable("OLLAMA_ORIGINS", "list", "local addresses and apps"),
    Variable("OLLAMA_REMOTES", "list", "ollama.com", Span("0.12.0")),
    Variable("OLLAMA_RUNNERS_DIR", "path", "where Ollama unpacked them", Span(until="0.3.11")),
    Variable("OLLAMA_SCHED_SPREAD", "switch", "off", Span("0.1.45")),
    Variable("OLLAMA_TMPDIR", "path", "the system's", Span(until="0.5.2")),
    Variable("OLLAMA_VULKAN", "switch", "off, on from 0.30.0", Span("0.12.11")),
)
VARIABLES: Mapping[str, Variable] = {variable.name: variable for variable in _ROWS}
OF_FACT: Mapping[str, Variable] = {variable.fact: variable for variable in _ROWS if variable.fact}


class Reading(NamedTuple):
    """What the server makes of a variable's text."""

    value: Value  # None: as if it were unset
    step: str = ""  # why it is not what it says


def known(name: str, release: Version | None) -> bool | None:
    """Tell whether `release` reads the variable; None: not one of Ollama's, or the release matters."""
    if not name.startswith("OLLAMA_"):
        return None
    variable = VARIABLES.get(name)
    return variable.span.holds(release) if variable else False


def read(variable: Variable, text: str, release: Version) -> Reading:
    """Return what `release` makes of `NAME=text`: odd switches count as on, odd numbers not at all."""
    if not text:
        return Reading(None)
    match variable.kind:
        case "switch":
            return _switch(variable, text)
        case "number":
            return _number(variable, text, release)
        case _:
            return Reading(text.lower() if variable.fact == "kv_cache_type" else text)


def _switch(variable: Variable, text: str) -> Reading:
    if text in _TRUE or text in _FALSE:
        return Reading(text in _TRUE)
    return Reading(value=True, step=f"{variable.name}={text} cannot be read as yes or no and counts as yes")


def _number(variable: Variable, text: str, release: Version) -> Reading:
    if text.isascii() and text.isdigit() and len(text) < len(str(_MOST)):
        return Reading(int(text))
    said = ", with a warning," if release >= at("0.3.2") else ""
    return Reading(
        None, f"{variable.name}={text} is no number for {named(release)}: the default holds{said} instead"
    )
