"""One line a transition, where the daemon's own messages go."""

import logging

from ollama_watch.alerts.alert import Alert
from ollama_watch.model import SEVERITIES, Severity

_log = logging.getLogger("ollama_watch.alert")
_LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "critical": logging.CRITICAL}


class Log:
    """Writes begins and ends; a change of what is already told is no news here."""

    name = "log"

    def __init__(self, min_severity: Severity = "warning") -> None:
        self._least = SEVERITIES.index(min_severity)

    def wants(self, alert: Alert) -> bool:
        return SEVERITIES.index(alert.severity) >= self._least

    def deliver(self, alert: Alert, *, quiet: bool) -> None:
        """Log it; cannot fail."""
        if quiet:
            return
        level = logging.INFO if alert.state == "resolved" else _LEVELS[alert.severity]
        _log.log(level, "%s", sentence(alert))

    def close(self) -> None:
        """Nothing is held."""


def sentence(alert: Alert) -> str:
    """Return one line: what, where, why, what to type."""
    finding = alert.finding
    if alert.state == "resolved":
        value = alert.ended_by.facts.get("ctx_per_slot") if alert.ended_by else None
        now = f", runs with {value} tokens now" if value and finding.fact == "ctx_per_slot" else ""
        return _clean(f"{alert.ended}: {alert.rule} of {alert.model}{now} [{finding.source}]")
    parts = [f"{alert.severity} {alert.rule}: {finding.message} [{finding.source}:{finding.line}]"]
    parts += [f"why: {cause.text}" for cause in finding.causes[:1]]
    parts += [f"fix: {fix}" for fix in finding.fixes[:1]]
    return _clean("; ".join(parts))


def _clean(text: str) -> str:
    """A log may name a model anything: nothing of it reaches a terminal as a command."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
