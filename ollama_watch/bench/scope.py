"""What a rule is for: one model of Ollama's, or everything on one kind of GPU.

A model is known by its digest or by the tag that the user gave. Where none is, and all that were measured on
a kind of GPU agree, the rule is for that kind.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ollama_watch.bench.compare import Fastest
from ollama_watch.bench.names import Names
from ollama_watch.bench.refused import Refused
from ollama_watch.bench.settings import said

Outcomes = Sequence[Fastest | Refused]


@dataclass(frozen=True, slots=True)
class Follows:
    """What one rule says, and the comparisons that it follows from: one, or one a model."""

    tags: tuple[str, ...]  # they go before the digest
    digest: str | None
    fastest: tuple[Fastest, ...]  # of one setting, one library and one value


def scoped(outcomes: Outcomes, names: Names) -> tuple[list[Follows], list[Refused]]:
    """Return what becomes a rule, and what is refused, both in the order of the file."""
    alike: dict[tuple[str, str], list[Fastest | Refused]] = defaultdict(list)
    for outcome in outcomes:
        alike[outcome.library, outcome.setting].append(outcome)
    unshared = {key: _unshared(group, names) for key, group in alike.items()}
    follows: list[Follows] = []
    refused: list[Refused] = []
    for outcome in outcomes:
        key = outcome.library, outcome.setting
        if isinstance(outcome, Refused):
            refused.append(outcome)
        elif (tags := names.get(outcome.model, ())) or outcome.model.digest:
            follows.append(Follows(tags, outcome.model.digest, (outcome,)))
        elif reason := unshared[key]:
            refused.append(_nameless(outcome, reason))
        elif outcome is alike[key][0]:
            follows.append(Follows((), None, tuple(one for one in alike[key] if isinstance(one, Fastest))))
    return follows, refused


def _unshared(outcomes: Outcomes, names: Names) -> str:
    """Return why the models of one library share no rule on one setting, if so."""
    library = outcomes[0].library
    found = [outcome for outcome in outcomes if isinstance(outcome, Fastest)]
    if found and not library:
        return f"{found[0].backend!r} may be one of several kinds of GPU"
    if len(outcomes) == 1:
        return f"no other model was measured on {library}"
    if len(found) < len(outcomes) or any(not _same(one, found[0]) for one in found):
        return f"the models measured on {library} do not agree"
    if any(one.model in names or one.model.digest for one in found):
        return "others have a rule of their own"
    return ""


def _same(one: Fastest, other: Fastest) -> bool:
    return (one.value, one.under) == (other.value, other.under)


def _nameless(outcome: Fastest, reason: str) -> Refused:
    name = outcome.model.name
    text = f"{said(outcome.value)} is the fastest, but its tag in Ollama is not known, and {reason}"
    return Refused(outcome.setting, name, outcome.library, f"{text}; give it: --model '{name}=TAG'")
