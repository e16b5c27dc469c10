"""One block a problem: what is, what should be, why, and what to type."""

from collections.abc import Iterable, Sequence

from ollama_watch.app.alive import NAME as RUNNING
from ollama_watch.cli import text_words as words
from ollama_watch.cli.paint import Paint, clean
from ollama_watch.cli.places import Places, count
from ollama_watch.model import SEVERITIES, Finding
from ollama_watch.verify.judge import shown

MARKS = {"critical": "✗", "warning": "!", "info": "·"}
_INDENT, _LABEL = 4, 14  # columns
_RULE, _SEVERITY = 24, 10
# Their rows say all that their message says.
_CONTEXT = (
    "context-reverted",
    "context-below-wanted",
    "context-small",
    "context-at-default",
    "context-changed",
)


def grouped(findings: Iterable[Finding]) -> list[tuple[Finding, ...]]:
    """Return alike findings of one model together, the gravest first, then as the log has them."""
    groups: dict[object, list[Finding]] = {}
    for found in findings:
        # Of a process the message says which one: each is ended by its own number.
        alone = found.launch is None or (found.source == RUNNING and found.fact is None)
        about = found.message if alone else (found.expected, shown(found.actual))
        key = (found.rule, found.severity, found.subject, found.model, found.fact, about)
        groups.setdefault(key, []).append(found)
    alike = [tuple(group) for group in groups.values()]
    return sorted(alike, key=lambda group: (-SEVERITIES.index(group[0].severity), group[0].line))


def block(
    group: Sequence[Finding], asides: Iterable[str], places: Places, paint: Paint, *, brief: bool = False
) -> str:
    """Return alike findings as one block; `asides` are remarks on the same launches.

    `brief`: an earlier block said why and what to type.
    """
    first = group[0]
    rows = [_title(group, places, paint)]
    if first.rule not in _CONTEXT:
        rows.append(" " * _INDENT + paint.wrapped(clean(group[-1].message), _INDENT))
    if first.fact and first.launch:
        value = f"{shown(first.actual):11} {words.beside(first)}"
        rows.append(_row(words.label(first.fact), value, paint))
        if command := words.command(first):
            rows.append(_row("launched as", f"{command:32} {words.total(first.launch)}".rstrip(), paint))
    for confidence, text in () if brief else words.causes(first):
        rows.append(_row(f"why, {confidence}", text, paint))
    rows += [_row("also", text, paint) for text in asides]
    for number, fix in enumerate(() if brief else first.fixes):
        rows.append(_row("or" if number else "fix", fix, paint, whole=True))
    return "\n".join(rows)


def advice(group: Sequence[Finding]) -> object:
    """Return what makes two blocks say the same why and the same fix."""
    return group[0].subject, group[0].fixes


def _title(group: Sequence[Finding], places: Places, paint: Paint) -> str:
    first = group[0]
    head = f"{MARKS[first.severity]} {first.severity:{_SEVERITY}}"
    rule, model, place = f"{first.rule:{_RULE}} ", clean(first.model), _place(group, places)
    gap = paint.width - len(head) - len(rule) - len(model) - len(place)
    title = f"{paint(first.severity, head)}{rule}{paint('strong', model)}"
    behind = " " * gap if gap > 1 else "\n" + " " * _INDENT
    return f"{title}{behind}{paint('faint', place)}"


def _place(group: Sequence[Finding], places: Places) -> str:
    """Return "line 12, 14:03:11", of several the first and how many there are."""
    first, times = group[0], sum(found.count for found in group)
    where = ", ".join(part for part in (places.line(first.line), places.moment(first.at)) if part)
    noun = ("launch", "launches") if first.fact else ("time", "times")
    return f"{count(times, *noun)} from {where}" if times > 1 else where


def _row(label: str, text: str, paint: Paint, *, whole: bool = False) -> str:
    """`whole`: something to copy, so it is not broken."""
    text = clean(text)
    shown_text = text if whole else paint.wrapped(text, _INDENT + _LABEL)
    return f"{' ' * _INDENT}{paint('faint', f'{label:{_LABEL - 1}} ')}{shown_text}"
