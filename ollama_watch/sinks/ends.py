"""What is told, in passing, when a context is right again. Pure: the end of an alert in, words out."""

from ollama_watch.alerts.alert import Alert
from ollama_watch.sinks.places import where
from ollama_watch.sinks.texts import AT_DEFAULT
from ollama_watch.sinks.wording import clean, fit, line


def back_title(ended: Alert) -> str:
    """Return what the model has now in at most 50 characters; empty where an end is no news of that kind."""
    tokens = ended.ended_by.facts.get("ctx_per_slot") if ended.ended_by else None
    told = ended.rule != AT_DEFAULT and ended.finding.fact == "ctx_per_slot"
    if ended.ended != "fixed" or not told or not tokens:
        return ""
    had = ended.finding.launch.facts if ended.finding.launch else {}
    before = had.get("ctx_wanted") if had.get("ctx_wanted_from") == "history" else None  # all else is a wish
    back = tokens in (before, had.get("ctx_previous"))
    ending = f" is back to {tokens} tokens" if back else f" has {tokens} tokens now"
    return fit(clean(ended.finding.model), (ending,))


def back_body(ended: Alert) -> tuple[str, ...]:
    """Return the lines below it: what it had, and the name if the title has not the whole of it."""
    finding = ended.finding
    name = clean(finding.model)
    had = finding.launch.facts.get("ctx_per_slot") if finding.launch else None
    lines = (
        "" if name in back_title(ended) else name,
        f"It had {had}." if had else "",
        where(finding),
    )
    return tuple(line(one) for one in lines if one)
