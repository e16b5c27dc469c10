"""One line a transition, where the daemon's own messages go; in the journal an entry with fields."""

import logging
from collections.abc import Callable, Mapping

from ollama_watch.alerts.alert import Alert, End
from ollama_watch.alerts.notice import Notice, What
from ollama_watch.model import Finding, Severity, source_label
from ollama_watch.sinks.interest import Interest
from ollama_watch.sinks.own import is_own

_log = logging.getLogger("ollama_watch.alert")
_LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "critical": logging.CRITICAL}
_PRIORITIES = {"info": 6, "warning": 4, "critical": 2}  # syslog(3)
MESSAGE_IDS: Mapping[What, str] = {  # never another one: people search for them
    "begin": "d2ee8c2e1c20478ca7e469ae214ff2e6",
    "repeat": "05a38af5828848e8943340508eb0c668",
    "end": "9d42050205524d1f826a25d46a36b6dc",
}

_WHY: Mapping[End, str] = {  # where no launch has ended it
    "forgotten": ", not launched for 7 days",
    "replaced": ", the rule does not apply any more",
}

Send = Callable[[Mapping[str, str]], None]


class Log:
    """Writes begins, repetitions and ends; a change of what is already told is no news here."""

    name = "log"
    records = True

    def __init__(self, min_severity: Severity = "warning", send: Send | None = None) -> None:
        """`send` writes an entry to the journal, or raises OSError; None: there are only lines."""
        self._interest = Interest(min_severity)
        self._send = send

    def wants(self, alert: Alert) -> bool:
        return self._interest.takes(alert)

    def tell(self, notice: Notice) -> None:
        """Log it; cannot fail."""
        if notice.what == "change":
            return
        alert = notice.alert
        if self._send:
            try:
                self._send(fields(notice))
            except OSError as error:  # nothing is lost by a journald that restarts
                _log.debug("the journal takes no entries: %s", error)
            else:
                return
        level = logging.INFO if alert.state == "resolved" else _LEVELS[alert.severity]
        _log.log(level, "%s", sentence(alert))

    def close(self) -> None:
        """Nothing is held."""


def fields(notice: Notice) -> Mapping[str, str]:
    """Return the journal's fields of one transition; an empty one is left out."""
    alert, found = notice.alert, notice.alert.finding
    return {
        "MESSAGE": sentence(alert),
        "MESSAGE_ID": MESSAGE_IDS[notice.what],
        "PRIORITY": str(6 if alert.state == "resolved" else _PRIORITIES[alert.severity]),
        "SYSLOG_IDENTIFIER": "ollama-watchd",
        "OLLAMA_WATCH_WHAT": notice.what,
        "OLLAMA_WATCH_ALERT_ID": alert.id,
        "OLLAMA_WATCH_RULE": alert.rule,
        "OLLAMA_WATCH_SEVERITY": alert.severity,
        "OLLAMA_WATCH_SOURCE": _clean(source_label(found.source)),
        "OLLAMA_WATCH_HOST": _clean(found.host or ""),
        "OLLAMA_WATCH_MODEL": _clean(alert.model),
        "OLLAMA_WATCH_FACT": found.fact or "",
        "OLLAMA_WATCH_EXPECTED": _clean(found.expected or ""),
        "OLLAMA_WATCH_ACTUAL": "" if found.actual is None else _clean(str(found.actual)),
        "OLLAMA_WATCH_COUNT": str(found.count),
        "OLLAMA_WATCH_WORST": _clean(alert.worst_said),
        "OLLAMA_WATCH_CAUSE": _clean(found.causes[0].text) if found.causes else "",
        "OLLAMA_WATCH_FIX": _clean(found.fixes[0]) if found.fixes else "",
        "OLLAMA_WATCH_ENDED": alert.ended,
    }


def sentence(alert: Alert) -> str:
    """Return one line: what, where, why, what to type."""
    finding = alert.finding
    if alert.state == "resolved":
        value = alert.ended_by.facts.get("ctx_per_slot") if alert.ended_by else None
        now = f", runs with {value} tokens now" if value and finding.fact == "ctx_per_slot" else ""
        of = f" of {alert.model}" if alert.model else ""
        now = now if alert.ended_by else _WHY.get(alert.ended, "")
        times = f", {finding.count} times" if finding.count > 1 else ""
        worst = f", the worst: {alert.worst_said}" if alert.worst_said else ""
        return _clean(f"{alert.ended}: {alert.rule}{of}{now}{times}{worst} [{_place(finding)}]")
    where = finding.source if is_own(alert) else f"{_place(finding)}:{finding.line}"
    parts = [f"{alert.severity} {alert.rule}: {finding.message} [{where}]"]
    if alert.worst_said not in ("", finding.message):
        parts.append(f"the worst of {finding.count}: {alert.worst_said}")
    parts += [f"why: {cause.text}" for cause in finding.causes[:1]]
    parts += [f"fix: {fix}" for fix in finding.fixes[:1]]
    return _clean("; ".join(parts))


def _place(finding: Finding) -> str:
    return f"{finding.host} {finding.source}" if finding.host else finding.source


def _clean(text: str) -> str:
    """A log may name a model anything: nothing of it reaches a terminal as a command."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
