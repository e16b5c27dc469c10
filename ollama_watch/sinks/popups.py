"""Which alerts are worth a pop-up, and what it looks like: for the daemon in a session and for the agent."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from ollama_watch.alerts.alert import Alert
from ollama_watch.model import SEVERITIES, Severity
from ollama_watch.sinks import ends, several, texts
from ollama_watch.sinks.buttons import MUTED_FOR, buttons
from ollama_watch.sinks.note import Note, Urgency

_NEVER = ("context-changed",)  # a client asked for it: a line in the log, never a pop-up
MANY = 5  # alerts of one rule that have a pop-up each; more of them share one
LOUD = 10.0  # s; what many share is heard of no more often
_URGENCIES: dict[Severity, Urgency] = {"info": 0, "warning": 1, "critical": 2}


def wanted(alert: Alert, least: Severity) -> bool:
    """Tell whether it is grave enough for a pop-up.

    The one note on defaults is info and for all but those who want nothing but the worst.
    """
    severity: Severity = "warning" if alert.rule == texts.AT_DEFAULT else alert.severity
    return alert.rule not in _NEVER and SEVERITIES.index(severity) >= SEVERITIES.index(least)


def key(alert: Alert, shared: Collection[str] = ()) -> str:
    """Return the key of its pop-up, which is the rule where that is one of the `shared`."""
    return alert.rule if alert.rule == texts.AT_DEFAULT or alert.rule in shared else alert.key


def shared(alerts: Iterable[Alert], before: Collection[str]) -> set[str]:
    """Return the rules whose alerts share a pop-up: too many, or some of what were too many `before`."""
    counts = Counter(alert.rule for alert in alerts if alert.rule != texts.AT_DEFAULT)
    return {rule for rule, count in counts.items() if count > MANY or rule in before}


def note(alerts: Sequence[Alert], *, quiet: bool) -> Note:
    """Return the pop-up of the alerts that share a key, with its buttons."""
    alert = alerts[-1]
    if alert.rule == texts.AT_DEFAULT:
        found = Note(several.defaults_title(alerts), several.defaults_body(alerts), 0, quiet)
    elif len(alerts) > 1:
        urgency = max(_URGENCIES[one.severity] for one in alerts)
        found = Note(several.title(alerts), several.body(alerts), urgency, quiet)
    else:
        found = Note(texts.title(alert), texts.body(alert), _URGENCIES[alert.severity], quiet)
    return replace(found, **buttons(alerts))


def back_note(ended: Alert) -> Note | None:
    """Return what is told, in passing, when the context is right again; None where that is no news."""
    title = ends.back_title(ended)
    return Note(title, ends.back_body(ended), 0, quiet=False, passing=True) if title else None


def no_longer_muted(muted: Mapping[str, float], now: float) -> list[str]:
    """Return the keys whose silence is over, or would be too long because a clock was set."""
    return [name for name, until in muted.items() if not now < until <= now + MUTED_FOR]
