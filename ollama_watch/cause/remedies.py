"""What to type for rules not on the context; else the rule's own words stand."""

import re
from collections.abc import Callable, Iterator, Mapping

from ollama_watch.cause import options, variables
from ollama_watch.cause.known import Known
from ollama_watch.cause.platform import variable
from ollama_watch.cause.platform import variables as all_of
from ollama_watch.cause.settings import CACHE_NEEDS_FLASH
from ollama_watch.cause.withheld import CACHE, CACHE_TYPES, FLASH, GPUS_ONLY

_CONTEXT, _PARALLEL = "OLLAMA_CONTEXT_LENGTH", "OLLAMA_NUM_PARALLEL"
_PLAIN = re.compile(r"[\w.,:/@+-]{1,200}", re.ASCII)  # means the same in a unit, in any shell and to Ollama
_NUMBER = re.compile(
    r"[\"']?(\d{1,3}(?:[,_.]\d{3}){1,2}|\d{1,9})\s*(k|ki|kib|kb)?\s*(?:tokens?)?[\"']?", re.IGNORECASE
)
_SMALLER = "a smaller model, or a smaller quantization of it"
_MOST = 3  # variables
_LONGER = "more time"
_FAILURES = {  # words of the error, and what mends it
    (
        "out of memory",
        "out-of-memory",
        "more system memory",
        "signal: killed",
    ): "a smaller context (num_ctx) or model, or ollama stop what else is loaded",
    ("unknown model architecture",): "a newer Ollama, which knows the model's architecture",
    ("corrupted or incomplete",): "ollama pull the model again, or create it again from a whole file",
    ("unable to load model",): "ollama pull the model again, or a newer Ollama",
    ("exit status 127", "invalid argument"): "install Ollama again, so that all its parts are of one release",
    ("timed out waiting",): _LONGER,
}


def fixes(known: Known) -> Iterator[str]:
    find = _BY_RULE.get(known.rule)
    if find:
        yield from find(known)


def number_meant(value: str) -> int | None:
    """Return the number that was most likely meant: 32k is 32768, 32,768 too; None for words."""
    found = _NUMBER.fullmatch(value.strip())
    if found is None:
        return None
    whole = int(re.sub(r"\D", "", found[1]))
    return whole * 1024 if found[2] else whole


def more_memory(known: Known) -> Iterator[str]:
    """What makes room for a context that does not fit."""
    yield from _smaller_cache(known)
    yield "ollama ps shows what else is loaded; ollama stop MODEL makes room"
    yield _SMALLER


def _smaller_cache(known: Known) -> Iterator[str]:
    launch = known.launch
    if launch is None or not known.reads(CACHE) or launch.facts["kv_cache_type"] not in (None, "", "f16"):
        return
    flash = {FLASH: "1"} if CACHE_NEEDS_FLASH.holds(known.release) is not False else {}
    yield all_of({**flash, CACHE: "q8_0"}, known.platform)


def _spilled(known: Known) -> Iterator[str]:
    yield f"PARAMETER num_ctx {known.fields.get('ctx_smaller')} in the model's Modelfile, if its prompts fit"
    yield from _smaller_cache(known)


def _cache_dropped(known: Known) -> Iterator[str]:
    """Flash attention that was asked for and dropped is not to be had by asking once more."""
    launch, kind, life = known.launch, known.fields.get("type"), known.life
    if launch is None:
        return
    if kind not in CACHE_TYPES and known.reads(CACHE):
        yield all_of({FLASH: "1", CACHE: "q8_0"}, known.platform)
    elif life.variable(FLASH) == "false" and _may_have_flash(known):
        yield variable(FLASH, "1", known.platform)
    elif known.reads(CACHE):
        yield variable(CACHE, "f16", known.platform)


def _may_have_flash(known: Known) -> bool:
    """It is not on yet, and it is not the CPU that lacks it."""
    launch = known.launch
    on = launch and launch.facts["flash_attention"] == "on"
    return not on and not (known.life.gpus == () and GPUS_ONLY.holds(known.release))


def _cache_needs_flash(known: Known) -> Iterator[str]:
    launch = known.launch
    if launch and known.reads(CACHE):
        if launch.facts["flash_attention"] != "auto":
            yield variable(FLASH, "1", known.platform)
        yield variable(CACHE, "f16", known.platform)


def _splitting(known: Known) -> Iterator[str]:
    if known.reads(_PARALLEL):
        yield variable(_PARALLEL, "1", known.platform)
    yield "a larger num_ctx, which is that of one slot: PARAMETER num_ctx in the model's Modelfile"


def _slots(known: Known) -> Iterator[str]:
    yield f"plan for {known.fields.get('slots')} at once with this model, or use one that gets several slots"


def _default_changed(known: Known) -> Iterator[str]:
    before = known.fields.get("before")
    if known.reads(_CONTEXT):
        yield variable(_CONTEXT, str(before), known.platform)
    yield f"PARAMETER num_ctx {before} in the Modelfile of each model that needs it"


def _environment_invalid(known: Known) -> Iterator[str]:
    name, value = str(known.fields.get("variable")), str(known.fields.get("value"))
    row = variables.VARIABLES.get(name)
    tokens = number_meant(value) if row and row.kind == "number" else None
    if tokens and known.reads(name):
        yield variable(name, str(tokens), known.platform)


def _environment_lost(known: Known) -> Iterator[str]:
    """Set again what can be copied as it was shown; lists hold more than was set, paths may hold anything."""
    life = known.life
    before, now = life.env_before or {}, life.env or {}
    named = str(known.fields.get("variables", ""))
    lost = {
        name: value
        for name, value in before.items()
        if f"{name}={value}" in named and now.get(name) != value and _PLAIN.fullmatch(value)
    }
    if 0 < len(lost) <= _MOST and all(known.reads(name) for name in lost):
        yield all_of(lost, known.platform)


def _invalid_option(known: Known) -> Iterator[str]:
    name, meant = str(known.fields.get("option")), known.fields.get("meant")
    option = options.OPTIONS.get(name)
    if option and option.span.holds(known.release) is False:
        yield "take it out of the request, or of the model's Modelfile"
    elif meant and meant != name:
        yield f"{meant} instead, in the request's options or as PARAMETER {meant} in the Modelfile"


def _load_failed(known: Known) -> Iterator[str]:
    """Only what mends what the error tells; for another one the rule's own words stand."""
    error = str(known.fields.get("error", "")).lower()
    found = next((what for words, what in _FAILURES.items() if any(word in error for word in words)), "")
    if found == _LONGER:
        if known.reads("OLLAMA_LOAD_TIMEOUT"):
            yield variable("OLLAMA_LOAD_TIMEOUT", "15m", known.platform)
    elif found:
        yield found


_BY_RULE: Mapping[str, Callable[[Known], Iterator[str]]] = {
    "context-spills": _spilled,
    "kv-cache-type-dropped": _cache_dropped,
    "kv-cache-needs-flash-attention": _cache_needs_flash,
    "parallel-splits-context": _splitting,
    "parallel-below-asked": _slots,
    "default-changed": _default_changed,
    "environment-invalid": _environment_invalid,
    "environment-lost": _environment_lost,
    "invalid-option": _invalid_option,
    "load-failed": _load_failed,
}
