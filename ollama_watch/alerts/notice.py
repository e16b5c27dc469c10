"""What people are told about an alert, once decided; how is the sinks' business."""

from dataclasses import dataclass
from typing import Literal

from ollama_watch.alerts.alert import Alert

What = Literal["begin", "repeat", "change", "end"]  # a change replaces what is shown, without a sound


@dataclass(frozen=True, slots=True)
class Notice:
    """One transition that people are told."""

    alert: Alert
    what: What
