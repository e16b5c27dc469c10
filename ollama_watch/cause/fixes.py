"""What to type so that a finding goes away: only what this release knows and what helps here."""

from collections.abc import Iterator

from ollama_watch.cause import remedies, settings, start
from ollama_watch.cause.causes import CONTEXT_RULES
from ollama_watch.cause.context import by_hand, takes_no_more
from ollama_watch.cause.known import Known
from ollama_watch.cause.platform import variable
from ollama_watch.cause.recipes import recipe
from ollama_watch.cause.start import VARIABLE
from ollama_watch.model import Facts
from ollama_watch.state import defaults

_USEFUL, _SAFE = 32768, 8192  # tokens to propose where the model is known to take them, and where not


def fixes(known: Known) -> tuple[str, ...]:
    """Return what to type, what helps best first; nothing where nothing is known to help."""
    launch = known.launch
    if known.rule not in CONTEXT_RULES:
        return tuple(remedies.fixes(known))
    if launch is None:
        return ()
    tokens = target(launch.facts, known.prompt)
    if tokens is None:
        return ("a model that was trained for longer prompts, or shorter prompts",)
    if by_hand(launch.facts):
        return _hand_started(launch.facts, tokens)
    if known.record and known.record.reduced and tokens >= known.record.reduced.before:
        return tuple(remedies.more_memory(known))
    return tuple(_of_ollama(known, tokens))


def _hand_started(facts: Facts, tokens: int) -> tuple[str, ...]:
    slots = facts["parallel"] if isinstance(facts["parallel"], int) else 1
    fewer = (f"fewer slots: --parallel 1 gives one request {facts['ctx_size']}",) if slots > 1 else ()
    return (f"--ctx-size {tokens * slots} on the command line of llama-server", *fewer)


def _of_ollama(known: Known, tokens: int) -> Iterator[str]:
    if known.past_the_model:
        yield from _in_the_request(known, tokens)
        return
    server_wide = list(_server_wide(known, tokens))
    if not known.by_v1:
        yield from server_wide
        yield f"PARAMETER num_ctx {tokens} in the model's Modelfile"
        yield f'"options": {{"num_ctx": {tokens}}} in the request'
    elif _is_for_all(known):
        yield from (*server_wide, _own_model(known, tokens))
    else:
        yield from (_own_model(known, tokens), *server_wide)


def _in_the_request(known: Known, tokens: int) -> Iterator[str]:
    """What the model and the server say is outranked by it."""
    own = known.past_the_model or 0
    none_there = f", or none there: the model has {own}" if own >= tokens else ""
    yield f'"options": {{"num_ctx": {tokens}}} in the request{none_there}'
    if known.launch and known.launch.facts["ctx_is_default"]:
        yield "ollama stop MODEL, if the model's num_ctx was set after this launch"


def _server_wide(known: Known, tokens: int) -> Iterator[str]:
    if not known.launch or not known.launch.facts["ctx_is_default"] or not known.reads(VARIABLE):
        return
    if start.by_app(known):
        yield f"in the settings of Ollama's app: context length {tokens}"
    yield variable(VARIABLE, str(_meant(known) or tokens), known.platform)


def _is_for_all(known: Known) -> bool:
    """The variable was set and is lost or cannot be read; else others would get what one client needs."""
    life = known.life
    before = defaults.environment(start.before_it(life))
    return before is not None or any(one.variable == VARIABLE for one in life.invalid)


def _own_model(known: Known, tokens: int) -> str:
    """A client of /v1 sends no options: it needs a model that has them."""
    way = next(way for way in settings.ways("ctx_per_slot", known.release) if way.source == "model")
    text = recipe(way, tokens, known.platform, known.tag, known.release) if known.tag else None
    return text or f"PARAMETER num_ctx {tokens} in a Modelfile, for a model of its own that the client names"


def _meant(known: Known) -> int | None:
    """Return the number that a malformed variable was meant to be."""
    said = [one.value for one in known.life.invalid if one.variable == VARIABLE]
    return remedies.number_meant(said[-1]) if said else None


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
