"""The first word on a context finding: what the launch itself proves, and what mends it.

Only what a release knows is told: OLLAMA_CONTEXT_LENGTH exists from 0.5.13 on (reference 10.1). No more is
proposed than the model takes, and no less than it has.
"""

from ollama_watch.cause.platform import variable
from ollama_watch.model import Cause, Facts, Launch
from ollama_watch.parse.version import version

_VARIABLE_SINCE = version("0.5.13-rc0")
_CONTEXT = (
    "context-reverted",
    "context-below-wanted",
    "context-small",
    "context-at-default",
    "prompt-truncated",
)
_USEFUL, _SAFE = 32768, 8192  # tokens to propose where the model is known to take them, and where not


def causes(rule: str, launch: Launch) -> tuple[Cause, ...]:
    """Return what the launch's own facts say of why, the surest first."""
    if rule not in _CONTEXT:
        return ()
    facts, here = launch.facts, (launch.line,)
    found = []
    if isinstance(slots := facts["parallel"], int) and slots > 1 and facts["ctx_size"]:
        text = f"the {facts['ctx_size']} of the command line is the total of {slots} slots"
        found.append(Cause(text, "certain", here))
    if _takes_no_more(facts):
        found.append(Cause(f"the model was trained for {facts['ctx_trained']} tokens", "certain", here))
    elif not _by_hand(facts):
        found.append(_origin(facts, here))
    return tuple(found)


def _origin(facts: Facts, here: tuple[int, ...]) -> Cause:
    """Say where the value comes from."""
    per_slot = facts["ctx_per_slot"]
    if facts["ctx_is_default"] and facts["ctx_default"] != facts["ctx_builtin"]:
        return Cause(f"the server's OLLAMA_CONTEXT_LENGTH gives {per_slot}", "certain", here)
    if facts["ctx_is_default"]:
        text = f"{per_slot} is Ollama's default: neither the server, the model nor the request asked for more"
        return Cause(text, "likely", here)
    if facts["ctx_wanted_from"] == "environment" and per_slot != facts["ctx_wanted"]:
        text = "num_ctx of the request or of the model outranks the server's OLLAMA_CONTEXT_LENGTH"
        return Cause(text, "likely", here)
    return Cause(f"num_ctx {per_slot} was asked for by the request or by the model", "likely", here)


def fixes(rule: str, launch: Launch, prompt: int | None = None) -> tuple[str, ...]:
    """Return what to type, the shortest first; `prompt`: tokens that should have fitted."""
    if rule not in _CONTEXT:
        return ()
    facts = launch.facts
    tokens = _target(facts, prompt)
    if tokens is None:
        return ("a model that was trained for longer prompts, or shorter prompts",)
    if _by_hand(facts):
        slots = facts["parallel"] if isinstance(facts["parallel"], int) else 1
        fewer = (f"fewer slots: --parallel 1 gives one request {facts['ctx_size']}",) if slots > 1 else ()
        return (f"--ctx-size {tokens * slots} on the command line of llama-server", *fewer)
    found = (
        f"PARAMETER num_ctx {tokens} in the model's Modelfile",
        f'"options": {{"num_ctx": {tokens}}} in the request',
    )
    if facts["ctx_is_default"] and _knows_variable(facts):
        return (variable("OLLAMA_CONTEXT_LENGTH", str(tokens), launch.platform), *found)
    return found


def _by_hand(facts: Facts) -> bool:
    """A llama-server that no Ollama started has none of Ollama's defaults, and nothing of Ollama mends it."""
    return facts["ctx_builtin"] == ()


def _takes_no_more(facts: Facts) -> bool:
    trained, per_slot = facts["ctx_trained"], facts["ctx_per_slot"]
    return isinstance(trained, int) and isinstance(per_slot, int) and per_slot >= trained


def _knows_variable(facts: Facts) -> bool:
    release = version(str(facts["ollama_version"])) if facts["ollama_version"] else None
    return bool(release and _VARIABLE_SINCE and release >= _VARIABLE_SINCE)


def _target(facts: Facts, prompt: int | None) -> int | None:
    """Return the context to propose, always above what it has; None if the model takes no more."""
    has, wanted, trained = facts["ctx_per_slot"], facts["ctx_wanted"], facts["ctx_trained"]
    least = has if isinstance(has, int) else 0
    if _takes_no_more(facts):
        return None
    if isinstance(wanted, int) and wanted > max(least, prompt or 0):
        return wanted
    useful = _USEFUL if isinstance(trained, int) else _SAFE
    while useful <= max(least, prompt or 0):
        useful *= 2
    return min(useful, trained) if isinstance(trained, int) else useful
