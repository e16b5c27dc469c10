"""Why a rule is broken: the one place that knows which causes belong to which rules."""

from ollama_watch.cause import context, others
from ollama_watch.cause.known import Known
from ollama_watch.model import Cause

CONTEXT_RULES = frozenset(
    (
        "context-reverted",
        "context-below-wanted",
        "context-changed",
        "context-small",
        "context-at-default",
        "prompt-truncated",
    )
)
_RANK = {"certain": 0, "likely": 1, "possible": 2}


def causes(known: Known) -> tuple[Cause, ...]:
    """Return what is known of why, the surest first; nothing where the log does not tell."""
    found = context.causes(known) if known.rule in CONTEXT_RULES else others.causes(known)
    return tuple(sorted(found, key=lambda cause: _RANK[cause.confidence]))
