"""The three things that can be done about a pop-up."""

import shlex
from collections.abc import Sequence
from typing import TypedDict

from ollama_watch.alerts.alert import Alert
from ollama_watch.sinks.wording import clean

DETAILS, ACCEPT, MUTE = "details", "accept", "mute"
MUTED_FOR = 3600.0  # s
_TEXTS = {DETAILS: "Details", ACCEPT: "That's fine", MUTE: "Mute 1 h"}


class Buttons(TypedDict):
    """Fields of a note."""

    actions: tuple[tuple[str, str], ...]
    instead: str


def buttons(alerts: Sequence[Alert]) -> Buttons:
    """Return what the pop-up of these alerts offers: "That's fine" only where accepting would end them."""
    names = [DETAILS, *([ACCEPT] if acceptable(alerts) else []), MUTE]
    return Buttons(actions=tuple((name, _TEXTS[name]) for name in names), instead=_instead(alerts))


def acceptable(alerts: Sequence[Alert]) -> list[Alert]:
    """Return those whose model's context can be wanted as it is: it is what they are about."""
    named = (alert for alert in alerts if alert.finding.launch and alert.finding.launch.facts.get("model"))
    return [alert for alert in named if alert.finding.fact == "ctx_per_slot"]


def _instead(alerts: Sequence[Alert]) -> str:
    """Return what to type where there are no buttons."""
    if not alerts[-1].model:
        return "More: ollama-watchd status"
    if len(alerts) > 1:
        return "More: ollama-watchd explain"
    return f"More: ollama-watchd explain {shlex.quote(clean(alerts[-1].model))}"
