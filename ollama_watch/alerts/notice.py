"""What people are told about an alert, once decided; how is the sinks' business."""

from dataclasses import dataclass
from typing import Literal

from ollama_watch.alerts.alert import Alert

# An alert has one begin and one end; between them repeat tells it anew (after its time, or because it has
# become graver), and change replaces what is shown, without a sound.
What = Literal["begin", "repeat", "change", "end"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One transition that people are told."""

    alert: Alert
    what: What
    quiet: bool = False  # people heard of it so lately that this is for the record alone
    regraded: bool = False  # a change of the severity, not only of words
