"""One pop-up, before anybody draws it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Urgency = Literal[0, 1, 2]  # low, normal, critical


@dataclass(frozen=True, slots=True)
class Note:
    """What it says, in plain text."""

    title: str
    lines: Sequence[str]
    urgency: Urgency
    quiet: bool  # only replaces: no sound, and nothing if it was put away
    actions: tuple[tuple[str, str], ...] = ()  # (name, what its button says)
    instead: str = ""  # one more line where the server has no buttons
    passing: bool = False  # worth a glance: not kept once it went by itself
