"""Alerts about the sinks themselves: their `source` is a sink, not a log."""

from ollama_watch.alerts.alert import Alert

SINK_FAILING = "sink-failing"  # id of the rule
_PREFIX = "sink "


def source_of(sink: str) -> str:
    """Return what stands for the source of alerts about a sink; each has one of its own."""
    return _PREFIX + sink


def is_own(alert: Alert) -> bool:
    """Tell whether it comes from no log, so that its line means nothing."""
    return alert.rule == SINK_FAILING


def is_about(alert: Alert, sink: str) -> bool:
    """Tell whether it is the alert that this very sink fails: it would reach nobody."""
    return is_own(alert) and alert.finding.source == source_of(sink)
