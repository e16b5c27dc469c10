"""What to type so that a finding goes away: only what this release knows and what helps here."""

import re
from collections.abc import Iterator

from ollama_watch.cause import settings
from ollama_watch.cause.causes import CONTEXT_RULES
from ollama_watch.cause.context import VARIABLE, by_hand, takes_no_more
from ollama_watch.cause.known import Known
from ollama_watch.cause.platform import variable
from ollama_watch.cause.recipes import recipe
from ollama_watch.model import Facts, Launch
from ollama_watch.parse.version import Version, version

_VARIABLE_SINCE = version("0.5.13-rc0")
_USEFUL, _SAFE = 32768, 8192  # tokens to propose where the model is known to take them, and where not


def fixes(known: Known) -> tuple[str, ...]:
    """Return what to type, what helps best first; nothing where nothing is known to help."""
    launch = known.launch
    if launch is None or known.rule not in CONTEXT_RULES:
        return ()
    tokens = target(launch.facts, known.prompt)
    if tokens is None:
        return ("a model that was trained for longer prompts, or shorter prompts",)
    if by_hand(launch.facts):
        return _hand_started(launch.facts, tokens)
    return tuple(_of_ollama(known, launch, tokens))


def _hand_started(facts: Facts, tokens: int) -> tuple[str, ...]:
    slots = facts["parallel"] if isinstance(facts["parallel"], int) else 1
    fewer = (f"fewer slots: --parallel 1 gives one request {facts['ctx_size']}",) if slots > 1 else ()
    return (f"--ctx-size {tokens * slots} on the command line of llama-server", *fewer)


def _of_ollama(known: Known, launch: Launch, tokens: int) -> Iterator[str]:
    if launch.facts["ctx_is_default"] and _knows_variable(launch.facts):
        yield variable(VARIABLE, str(_meant(known) or tokens), launch.platform)
    if known.by_v1:
        yield from _own_model(launch, tokens)
    else:
        yield f"PARAMETER num_ctx {tokens} in the model's Modelfile"
        yield f'"options": {{"num_ctx": {tokens}}} in the request'


def _own_model(launch: Launch, tokens: int) -> Iterator[str]:
    """A client of /v1 sends no options: it needs a model that has them."""
    release = _release(launch.facts)
    named = launch.facts["model"]
    tag = str(named[0]) if isinstance(named, tuple) and named else None
    way = next(way for way in settings.ways("ctx_per_slot", release) if way.source == "model")
    text = recipe(way, tokens, launch.platform, tag, release) if tag else None
    yield text or f"PARAMETER num_ctx {tokens} in a Modelfile, for a model of its own that the client names"


def _meant(known: Known) -> int | None:
    """Return the number that a malformed variable was meant to be: 32k is 32768."""
    for one in known.record.server.invalid if known.record else ():
        if one.variable == VARIABLE and (found := re.fullmatch(r"(\d{1,6})\s*[kK]i?", one.value.strip())):
            return int(found[1]) * 1024
    return None


def _release(facts: Facts) -> Version | None:
    return version(str(facts["ollama_version"])) if facts["ollama_version"] else None


def _knows_variable(facts: Facts) -> bool:
    release = _release(facts)
    return bool(release and _VARIABLE_SINCE and release >= _VARIABLE_SINCE)


def target(facts: Facts, prompt: int | None) -> int | None:
    """Return the context to propose, always above what it has; None if the model takes no more."""
    has, wanted, trained = facts["ctx_per_slot"], facts["ctx_wanted"], facts["ctx_trained"]
    least = has if isinstance(has, int) else 0
    if takes_no_more(facts):
        return None
    if isinstance(wanted, int) and wanted > max(least, prompt or 0):
        return wanted
    useful = _USEFUL if isinstance(trained, int) else _SAFE
    while useful <= max(least, prompt or 0):
        useful *= 2
    return min(useful, trained) if isinstance(trained, int) else useful
