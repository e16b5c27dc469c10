"""Why a rule fires or not, for people."""

from collections.abc import Iterator

from ollama_watch.app.considering import Considered
from ollama_watch.cli.paint import Paint, clean
from ollama_watch.cli.rules.spans import span
from ollama_watch.verify.explained import Step
from ollama_watch.verify.judge import render, shown
from ollama_watch.verify.rule import Broken, Excused, Kept, NotFor, Unknown

_WIDTH = 30  # columns of an id
_HOLDS = {True: "holds", False: "does not hold", None: "unknown"}


def line(one: Considered, paint: Paint) -> str:
    """Return one rule's verdict and its reason."""
    mark, kind, text = _verdict(one)
    off = "" if one.rule.enabled else "(off) "
    return f"{paint(kind, mark)} {one.rule.id:{_WIDTH}}  {paint.wrapped(off + clean(text), _WIDTH + 4)}"


def table(one: Considered, paint: Paint) -> Iterator[str]:
    """Yield each condition with what it met."""
    for step in one.steps:
        yield f"    {step.part:24} {_condition(step):40} {_HOLDS[step.holds]}: {clean(_met(step))}"


def _verdict(one: Considered) -> tuple[str, str, str]:
    """Return a mark, its colour and the reason."""
    match one.verdict:
        case None:
            what = f"{one.rule.on} did not come" if one.rule.on else "no launch"
            return " ", "faint", f"waits: {what}"
        case Broken():
            return _broken(one, one.verdict)
        case NotFor():
            return "·", "faint", f"not for this: {_first(one, 'when', holds=False)}"
        case Excused(name=exception):
            return "·", "faint", f"excused by {exception}: {_first(one, f'unless {exception}', holds=True)}"
        case Unknown(missing=missing):
            return "?", "info", f"not judged: these lines do not tell {missing}"
        case Kept():
            return "✓", "ok", "kept"


def _broken(one: Considered, verdict: Broken) -> tuple[str, str, str]:
    """Return what a broken rule comes to: it may have to be broken more often, or for longer."""
    rule, severity = one.rule, verdict.severity
    summary = f"{severity}: {render(rule.summary, one.facts, one.name)}{_because(one)}"
    if one.seen < rule.count:
        return " ", "faint", f"waits: {one.seen} of {rule.count} within {span(rule.within)}"
    if not one.fires:
        since = f"{span(int(one.lasted))} so far" if one.lasted > 0 else "no time has passed since"
        return "…", severity, f"pending: for {span(rule.pending_for)} ({since}), then {summary}"
    return "✗", severity, f"fires, {summary}"


def _because(one: Considered) -> str:
    failed = _first(one, "expect", holds=False)
    return f" ({failed})" if failed else ""


def _first(one: Considered, part: str, *, holds: bool) -> str:
    found = next((step for step in one.steps if step.part == part and step.holds is holds), None)
    return f"{found.fact} is {_met(found)}, {part.split(maxsplit=1)[0]} {_condition(found)}" if found else ""


def _condition(step: Step) -> str:
    return f"{step.fact}: {step.text}"


def _met(step: Step) -> str:
    return shown(step.actual)
