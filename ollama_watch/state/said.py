"""A line that said something about a launch: what, and where it stands."""

from dataclasses import dataclass

from ollama_watch.parse import events as ev

MOST_SAID = 20  # of one launch, its retries together
Withheld = ev.FlashDropped | ev.KvDropped | ev.OneSlot | ev.Capped


@dataclass(frozen=True, slots=True)
class Said:
    """One warning of what a launch does not get."""

    event: Withheld
    line: int
