"""The first word on a context finding: what the launch itself proves, and what mends it.

Only what a release knows is told: OLLAMA_CONTEXT_LENGTH exists from 0.5.13 on (reference 10.1).
"""

import shlex

from ollama_watch.model import Cause, Launch
from ollama_watch.parse.version import version

_VARIABLE_SINCE = version("0.5.13-rc0")
_CONTEXT = (
    "context-reverted",
    "context-below-wanted",
    "context-small",
    "context-at-default",
    "prompt-truncated",
)


def causes(rule: str, launch: Launch) -> tuple[Cause, ...]:
    """Return what the launch's own facts say of why, the surest first."""
    facts = launch.facts
    if rule not in _CONTEXT:
        return ()
    found = []
    per_slot = facts["ctx_per_slot"]
    if isinstance(slots := facts["parallel"], int) and slots > 1 and facts["ctx_size"]:
        text = f"the log's {facts['ctx_size']} is the total of {slots} slots of {facts['ctx_per_slot']}"
        found.append(Cause(text, "certain", (launch.line,)))
    if facts["ctx_is_default"]:
        text = f"{per_slot} is Ollama's default: neither the server, the model nor the request asked for more"
        found.append(Cause(text, "likely", (launch.line,)))
    elif facts["ctx_wanted_from"] == "environment":
        text = "num_ctx of the request or of the model outranks the server's OLLAMA_CONTEXT_LENGTH"
        found.append(Cause(text, "likely", (launch.line,)))
    else:
        text = f"num_ctx {per_slot} was asked for by the request or by the model"
        found.append(Cause(text, "likely", (launch.line,)))
    return tuple(found)


def fixes(rule: str, launch: Launch) -> tuple[str, ...]:
    """Return what to type, the shortest first."""
    if rule not in _CONTEXT:
        return ()
    facts = launch.facts
    tokens = _target(launch)
    fix = [
        f"PARAMETER num_ctx {tokens} in the model's Modelfile",
        f'"options": {{"num_ctx": {tokens}}} in the request',
    ]
    release = version(str(facts["ollama_version"])) if facts["ollama_version"] else None
    default = facts["ctx_is_default"]
    if default and _VARIABLE_SINCE and release and release >= _VARIABLE_SINCE:
        setting = shlex.quote(f"OLLAMA_CONTEXT_LENGTH={tokens}").strip("'")
        fix.insert(0, f'sudo systemctl edit ollama  →  [Service] Environment="{setting}"')
    return tuple(fix)


def _target(launch: Launch) -> int:
    """Return the context to propose: what is wanted, else a useful size that the model takes."""
    wanted, trained = launch.facts["ctx_wanted"], launch.facts["ctx_trained"]
    if isinstance(wanted, int):
        return wanted
    return min(trained, 32768) if isinstance(trained, int) else 8192
