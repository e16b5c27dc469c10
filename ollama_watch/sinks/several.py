"""What one pop-up says of several alerts of a rule. Pure: alerts in, a title and lines of plain text out."""

from collections import Counter
from collections.abc import Mapping, Sequence

from ollama_watch.alerts.alert import Alert
from ollama_watch.model import SEVERITIES, Facts, Finding
from ollama_watch.sinks import texts
from ollama_watch.sinks.places import where
from ollama_watch.sinks.wording import clean, headline, line, shortened

_LISTED = 6  # alerts that are listed
_TITLES: Mapping[str, str] = {  # xfce4-notifyd shows 36 characters
    "context-reverted": "{} models run with less context",
    "context-below-wanted": "{} models run below what is wanted",
    "context-small": "{} models run with a small context",
    "prompt-truncated": "{} models lose prompts",
    "thrashing": "{} models are loaded again and again",
}


def title(alerts: Sequence[Alert]) -> str:
    """Return the number of them and what is wrong, in at most 50 characters."""
    rule = alerts[0].rule
    return headline(_TITLES.get(rule, "{} alerts of " + clean(rule)).format(len(alerts)))


def body(alerts: Sequence[Alert]) -> tuple[str, ...]:
    """Return a line an alert, the gravest first, and the fix that suits most of them."""
    lines = [texts.title(alert) for alert in sorted(alerts, key=_gravest)]
    if len(lines) > _LISTED:
        lines = [*lines[: _LISTED - 1], f"… and {len(lines) - _LISTED + 1} more"]
    fixes = Counter(alert.finding.fixes[0] for alert in alerts if alert.finding.fixes)
    return tuple(line(one) for one in (*lines, *(fix for fix, _ in fixes.most_common(1))))


def defaults_title(alerts: Sequence[Alert]) -> str:
    """Return the title of the one note on all models that run with Ollama's default."""
    if len(alerts) == 1:
        return texts.title(alerts[0])
    return f"{len(alerts)} models run with Ollama's default context"


def defaults_body(alerts: Sequence[Alert]) -> tuple[str, ...]:
    """Return a line a model, by name, and the fix that suits most of them."""
    if len(alerts) == 1:
        return texts.body(alerts[0])
    lines = sorted(_listed(alert.finding) for alert in alerts)
    if len(lines) > _LISTED:
        lines = [*lines[: _LISTED - 1], f"… and {len(lines) - _LISTED + 1} more"]
    fixes = Counter(alert.finding.fixes[0] for alert in alerts if alert.finding.fixes)
    return tuple(line(one) for one in (*lines, *(fix for fix, _ in fixes.most_common(1))))


def _gravest(alert: Alert) -> tuple[int, str]:
    return -SEVERITIES.index(alert.severity), texts.title(alert)


def _listed(finding: Finding) -> str:
    facts: Facts = finding.launch.facts if finding.launch else {}
    place = where(finding).rstrip(".")
    apart = f" ({place[:1].lower()}{place[1:]})" if place else ""
    return f"{shortened(clean(finding.model), 40)}{apart}: {facts.get('ctx_per_slot')} tokens{_takes(facts)}"


def _takes(facts: Facts) -> str:
    return f", takes {facts['ctx_trained']}" if facts.get("ctx_trained") else ""
