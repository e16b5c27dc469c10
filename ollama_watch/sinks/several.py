"""What one pop-up says of several alerts of a rule. Pure: alerts in, a title and lines of plain text out."""

from collections import Counter
from collections.abc import Mapping, Sequence

from ollama_watch.alerts.alert import Alert
from ollama_watch.model import SEVERITIES
from ollama_watch.sinks import texts
from ollama_watch.sinks.wording import clean, headline, line

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


def _gravest(alert: Alert) -> tuple[int, str]:
    return -SEVERITIES.index(alert.severity), texts.title(alert)
