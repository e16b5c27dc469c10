"""An alert in Alertmanager's terms: labels that stay, annotations that say what is the case now.

Labels are alertname, severity, instance, source, model and rule; numbers never are, for each would be
another alert. Pure: an alert in, words out.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from ollama_watch.alerts.alert import Alert
from ollama_watch.model import source_label
from ollama_watch.sinks.wording import clean, cut

_LABEL = 200  # characters
_TEXT = 2000  # characters of an annotation
_FIXES = 3

Words = Mapping[str, str]


def labels(alert: Alert, instance: str) -> Words:
    """Return its labels; `instance` is this machine's name, unless the journal of another one told."""
    found = {
        "alertname": alertname(alert.rule),
        "severity": alert.severity,
        "instance": alert.finding.host or instance,
        "source": source_label(alert.finding.source),
        "model": alert.model,
        "rule": alert.rule,
    }
    return {name: cut(clean(value), _LABEL) for name, value in found.items() if value}


def alertname(rule: str) -> str:
    """Return `context-reverted` as OllamaContextReverted."""
    return "Ollama" + "".join(word[:1].upper() + word[1:] for word in rule.split("-"))


def place(page: str, number: str) -> str:
    """Return where the status page at `page` tells of the alert with that id; of none of them without one."""
    return f"{page}#alert-{quote(number)}" if page and number else page


def annotations(alert: Alert) -> Words:
    """Return what people read: the numbers, the first cause, the fixes, how it ended, the runbook."""
    found = alert.finding
    texts = {
        "summary": found.message,
        "cause": f"{found.causes[0].confidence}: {found.causes[0].text}" if found.causes else "",
        "fix": "\n".join(found.fixes[:_FIXES]),
        "fact": found.fact or "",
        "expected": found.expected or "",
        "actual": "" if found.actual is None else str(found.actual),
        "count": str(found.count) if found.count > 1 else "",
        "worst": alert.worst_said,
        "ended": alert.ended,
        "runbook_url": found.runbook,
        "alert_id": alert.id,
    }
    return {name: cut(_lines(text), _TEXT) for name, text in texts.items() if text}


def fingerprint(words: Words) -> str:
    """Return 16 hex digits that stand for a set of labels."""
    text = "\0".join(f"{name}\0{value}" for name, value in sorted(words.items()))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def stamp(at: float) -> str:
    """Return an RFC 3339 time; one that there is none of is the epoch's: a log may say anything."""
    try:
        found = datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        found = datetime.fromtimestamp(0, UTC)
    return found.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _lines(text: str) -> str:
    return "\n".join(clean(line) for line in text.split("\n"))
