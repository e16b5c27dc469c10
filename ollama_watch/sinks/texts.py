"""What a pop-up says. Pure: an alert in, a title and lines of plain text out.

A title has at most 50 characters. A rule that deserves words of its own is a row in `_ENDINGS` and `_LINES`;
all others speak by their message.
"""

import math
import re
from collections.abc import Callable, Mapping

from ollama_watch.alerts.alert import Alert
from ollama_watch.model import Facts, Finding
from ollama_watch.sinks.places import where
from ollama_watch.sinks.wording import capital, clean, fit, headline, line, remainder, sentence, shortened

AT_DEFAULT = "context-at-default"
_NAME = 26  # characters of a model's name in a sentence that is too long for a title
_WISHES = {
    "config": "your configuration wants {}",
    "model": "its Modelfile asks for {}",
    "environment": "OLLAMA_CONTEXT_LENGTH asks for {}",
}
_CUT = "are cut without an error"
_UNASKING = re.compile(r"came through (\S+), which cannot carry num_ctx")  # a cause


def title(alert: Alert) -> str:
    """Return what is wrong in at most 50 characters; of a model's name the middle may be missing."""
    finding = alert.finding
    name = clean(finding.model)
    if endings := _ENDINGS.get(finding.rule, _none)(alert):
        return fit(name, endings)
    return headline(_message(finding, name))


def body(alert: Alert) -> tuple[str, ...]:
    """Return the lines below the title: why, what it costs, what to type."""
    finding = alert.finding
    name = clean(finding.model)
    lines = [] if name in title(alert) or name not in clean(finding.message) else [name]
    lines += _LINES.get(finding.rule, _other)(alert)
    return tuple(line(one) for one in (*lines, where(finding)) if one)


def _facts(finding: Finding) -> Facts:
    return finding.launch.facts if finding.launch else {}


# ---- titles


def _none(_: Alert) -> tuple[str, ...]:
    return ()


def _runs(alert: Alert) -> tuple[str, ...]:
    tokens = _facts(alert.finding).get("ctx_per_slot")
    return (f" runs with {tokens} tokens",) if tokens else ()


def _runs_below(alert: Alert) -> tuple[str, ...]:
    """The shorter word where the longer one would cost the name a piece."""
    facts = _facts(alert.finding)
    runs, wanted = _runs(alert), facts.get("ctx_wanted")
    if not runs or not (wanted or facts.get("ctx_previous")):
        return runs
    if facts.get("ctx_wanted_from") in _WISHES:
        return f"{runs[0]}, wanted {wanted}", f"{runs[0]}, not {wanted}"
    return (f"{runs[0]}, was {wanted or facts['ctx_previous']}",)


def _loses(alert: Alert) -> tuple[str, ...]:
    return (f" loses prompts: {alert.finding.count} cut in {_span(alert.updated - alert.since)}",)


def _reloads(_: Alert) -> tuple[str, ...]:
    return (" is loaded again and again",)


def _span(seconds: float) -> str:
    """The alert counts from its begin: what took less than 10 minutes happened within 10 minutes as well."""
    minutes = max(10, math.ceil(seconds / 60))
    return f"{minutes} min" if minutes < 120 else f"{math.ceil(minutes / 60)} h"  # noqa: PLR2004  # two hours


def _message(finding: Finding, name: str) -> str:
    """The message with a capital letter, and the name shortened if it would not fit otherwise."""
    message = clean(finding.message)
    if len(message) > len(headline(message)):
        message = message.replace(name, shortened(name, _NAME), 1)
    return message if message.startswith(shortened(name, _NAME)) else capital(message)


# ---- bodies


def _below(alert: Alert) -> list[str]:
    finding = alert.finding
    facts = _facts(finding)
    wish = _WISHES.get(str(facts.get("ctx_wanted_from")), "").format(facts.get("ctx_wanted"))
    return [f"{sentence(wish)} {_why(finding)}".strip(), _cost(facts), *finding.fixes[:1]]


def _small(alert: Alert) -> list[str]:
    finding = alert.finding
    facts = _facts(finding)
    why = "Nobody set a context." if facts.get("ctx_is_default") else _why(finding)
    takes = f"The model takes {facts['ctx_trained']}" if facts.get("ctx_trained") else ""
    fix = next(iter(finding.fixes), "")
    return [f"{why} {_cost(facts)}", f"{takes}: {fix}" if takes and fix else fix or sentence(takes)]


def _default(alert: Alert) -> list[str]:
    finding = alert.finding
    facts = _facts(finding)
    takes = f" The model takes {facts['ctx_trained']}." if facts.get("ctx_trained") else ""
    tokens = facts.get("ctx_per_slot") or "It"
    return [f"{tokens} is Ollama's default: nobody set a context.{takes}", *finding.fixes[:1]]


def _lost(alert: Alert) -> list[str]:
    """Return how bad it was at its worst, and what mends it now."""
    finding, worst = alert.finding, alert.worst or alert.finding
    context = _facts(worst).get("ctx_per_slot")
    dropped, prompt = worst.fields.get("dropped"), worst.fields.get("prompt")
    if isinstance(dropped, int) and isinstance(prompt, int):
        # A title may be cut before its count.
        which = f"Worst of {finding.count}: " if finding.count > 1 else ""
        of = f" (context {context})" if context else ""
        loss = f"{which}{dropped:,} of {prompt:,} tokens dropped{of}."
    else:  # up to 0.3 the log tells the limit alone
        loss = f"Prompts longer than its context of {context} tokens are cut." if context else _said(alert)
    return [loss, _came(worst) or _why(worst), *finding.fixes[:1]]


def _came(finding: Finding) -> str:
    """A client that cannot ask for more is what people look for last."""
    path = next((found[1] for one in finding.causes if (found := _UNASKING.search(one.text))), "")
    return f"Came by {path}, which cannot ask for more." if path else ""


def _other(alert: Alert) -> list[str]:
    return [_said(alert), _worst(alert), *_first(alert.finding)]


def _worst(alert: Alert) -> str:
    """The message is the newest one's: what was worse before is not forgotten."""
    found = clean(alert.worst_said)
    if not found or found == clean(alert.finding.message):
        return ""
    return sentence(f"Worst of {alert.finding.count}: {remainder(found, clean(alert.finding.model)).strip()}")


def _said(alert: Alert) -> str:
    name = clean(alert.finding.model)
    told = title(alert)
    message = _message(alert.finding, name)
    return sentence(remainder(message, told if message.startswith(told) else shortened(name, _NAME)))


def _first(finding: Finding) -> list[str]:
    return [_why(finding), *finding.fixes[:1]]


def _why(finding: Finding) -> str:
    """The first cause but the one that `_cost` tells in fewer words."""
    total = f"the {_facts(finding).get('ctx_size')} of the command line"
    return next((sentence(one.text) for one in finding.causes if not one.text.startswith(total)), "")


def _cost(facts: Facts) -> str:
    """With the number that a title may be cut before."""
    slots, total, tokens = (facts.get(name) for name in ("parallel", "ctx_size", "ctx_per_slot"))
    if isinstance(slots, int) and slots > 1 and total and tokens:
        return f"The log's {total} is {slots} slots × {tokens}; longer prompts {_CUT}."
    return f"Prompts longer than {tokens} tokens {_CUT}." if tokens else f"Longer prompts {_CUT}."


_ENDINGS: Mapping[str, Callable[[Alert], tuple[str, ...]]] = {
    "context-reverted": _runs_below,
    "context-below-wanted": _runs_below,
    "context-small": _runs,
    AT_DEFAULT: _runs,
    "prompt-truncated": _loses,
    "thrashing": _reloads,
}
_LINES: Mapping[str, Callable[[Alert], list[str]]] = {
    "context-reverted": _below,
    "context-below-wanted": _below,
    "context-small": _small,
    AT_DEFAULT: _default,
    "prompt-truncated": _lost,
}
