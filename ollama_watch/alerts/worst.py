"""How bad an event alert was at its worst. Which field of an event tells it, `verify.events` says."""

from dataclasses import replace

from ollama_watch.model import Finding
from ollama_watch.verify.events import EVENTS


def worse(kind: str | None, before: Finding | None, finding: Finding) -> Finding | None:
    """Return which of two events of a `kind` was the worse, of equals the first; None: nothing tells.

    What is learnt later of the cause of a launch is true of the one before, too, if it hit that launch.
    """
    counted = EVENTS.get(kind or "")  # None: no event, or none of a log's
    bad, worst = (_size(one, counted.measure if counted else "") for one in (finding, before))
    if bad is not None and (worst is None or bad > worst):
        return finding
    if before and before.causes != finding.causes and _launch(before) == _launch(finding):
        return replace(before, causes=finding.causes)
    return before


def _size(finding: Finding | None, measure: str) -> int | float | None:
    size = finding.fields.get(measure) if finding else None
    return size if isinstance(size, int | float) else None


def _launch(finding: Finding) -> int | None:
    return finding.launch.index if finding.launch else None
