"""What is wrong, why, and what to type: one card an alert, the gravest first."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ollama_watch.cause.platform import restart_after
from ollama_watch.model import SEVERITIES
from ollama_watch.serve.page.parts import SIGNS, WANTED_BY, beyond, folded, name_of, origin, section
from ollama_watch.serve.page.words import dotted, fact, foreign, number, pairs, text, when

_MOST = 50  # cards
_OPEN = 4  # cards that say at once why; the others do when asked
_LINES = 8  # of evidence
_SIGNS = {">": "more than", "<": "less than", "<=": "at most", "!=": "not"}
# A fix that is typed, and the words after it; what begins otherwise is advice.
_TYPED = re.compile(
    r"(?P<typed>(?:sudo |setx |launchctl |docker |ollama |printf |curl |systemctl |PARAMETER |\"options\"|--)"
    r".*?)(?P<words>(?: in (?:the|a|each) |, then | on the command line| shows what | \(or ).*)?",
    re.DOTALL,
)
_INTO = "  →  "  # between a command that opens an editor and what is written there

Alert = Mapping[str, Any]


def wrong(status: Mapping[str, Any]) -> str:
    alerts: Sequence[Alert] = sorted(status["alerts"], key=_gravest)
    if not alerts:
        seen = status["runners"] or status["past"]
        none = "No rule is broken." if seen else "No launch was seen that a rule could be held against."
        return section("wrong", "What is wrong", f'<p class="faint">{none}</p>')
    cards = "".join(
        _card(one, status["sources"], short=place >= _OPEN) for place, one in enumerate(alerts[:_MOST])
    )
    return section("wrong", "What is wrong", cards + beyond(len(alerts) - _MOST, "alert"))


def _gravest(one: Alert) -> tuple[bool, int, str]:
    return one["state"] != "firing", -SEVERITIES.index(one["severity"]), str(one["since"])


def _card(one: Alert, sources: Sequence[object], *, short: bool) -> str:
    mark, severity = f"alert-{text(one['id'])}", one["severity"]
    sign = f'<span class="sign" aria-hidden="true">{SIGNS[severity]}</span>'
    badge = f'<p class="badge">{sign} {severity} <code>{text(one["rule"])}</code></p>'
    title = f'<h3 id="{mark}-title" tabindex="-1">{foreign(one["summary"])}</h3>'
    more = f"{_numbers(one)}{_why(one)}{_fixes(one, mark)}"
    if short or severity == "info":  # nothing is broken: a line is enough
        more = folded(f"{mark}-all", "Why, and what to do", more, f"{mark}-title")
    body = f"{badge}{title}{_moments(one, sources)}{more}"
    state = " pending" if one["state"] == "pending" else ""
    kind = f"alert {severity}{state}"
    return f'<article class="{kind}" id="{mark}" aria-labelledby="{mark}-title">{body}</article>'


def _moments(one: Alert, sources: Sequence[object]) -> str:
    return (
        '<p class="faint">'
        + dotted(
            (
                f"since {when(one['since'])}",
                number(one["count"], "time") if one["count"] > 1 else "",
                origin(one, sources),
                "waiting to see whether it lasts" if one["state"] == "pending" else "",
                "the runner is gone; the next launch will tell" if one["asleep"] else "",
            )
        )
        + "</p>"
    )


def _numbers(one: Alert) -> str:
    """Return what it got beside what was expected."""
    facts = one["facts"] or {}
    if one["fact"] is None:
        worst = one["worst"] if one["count"] > 1 else None
        return pairs([(f"the worst of {one['count']:,}", foreign(worst["summary"]))]) if worst else ""
    rows = [(name_of(one["fact"]), f"<strong>{fact(one['actual'])}</strong>")]
    if one["fact"] == "ctx_per_slot" and facts.get("ctx_wanted") is not None:
        by = WANTED_BY.get(str(facts["ctx_wanted_from"]), "")
        rows.append(("wanted", f"<strong>{fact(facts['ctx_wanted'])}</strong>{f' by {by}' if by else ''}"))
    elif one["expected"]:
        rows.append(("expected", f"<strong>{_expected(one['expected'])}</strong>"))
    if one["fact"] == "ctx_per_slot" and facts.get("ctx_trained"):
        rows.append(("the model takes", f"<strong>{fact(facts['ctx_trained'])}</strong>"))
    return pairs(rows)


def _expected(text: str) -> str:
    sign, _, rest = text.partition(" ")
    return foreign(f"{_SIGNS[sign]} {rest}" if sign in _SIGNS else text)


def _why(one: Alert) -> str:
    causes = "".join(_cause(cause) for cause in one["causes"])
    if not causes:
        return "<h4>Why</h4><p>Not known: the log does not tell.</p>"
    return f'<h4>Why</h4><ul class="causes">{causes}</ul>'


def _cause(cause: Mapping[str, Any]) -> str:
    lines = cause["evidence"]
    named = ", ".join(str(line) for line in lines[:_LINES]) + (" …" if len(lines) > _LINES else "")
    where = f' <span class="faint">line{"s" * (len(lines) > 1)} {named}</span>' if lines else ""
    sure = cause["confidence"]
    return f'<li><span class="sure {sure}">{sure}</span> <span>{foreign(cause["text"])}{where}</span></li>'


def _fixes(one: Alert, mark: str) -> str:
    title = f"{mark}-title"
    found = [_fix(fix, f"{mark}-fix{number}", title) for number, fix in enumerate(one["fixes"])]
    if not found:
        return ""
    others = len(found) - 1
    more = folded(f"{mark}-more", number(others, "other way"), "".join(found[1:]), title) if others else ""
    return f"<h4>What to do</h4>{found[0]}{more}"


def _fix(fix: str, key: str, of: str) -> str:
    return f'<div class="fix">{"".join(_steps(fix, key, of))}</div>'


def _steps(fix: str, key: str, of: str) -> Iterator[str]:
    first, into, written = fix.partition(_INTO)
    found = _TYPED.fullmatch(first)
    if not found:
        yield f"<p>{foreign(fix)}</p>"
        return
    yield _typed(found["typed"], key, of)
    if words := (found["words"] or "").strip(" ,"):
        yield f"<p>{foreign(words)}</p>"
    if into:
        yield "<p>and write there</p>"
        yield _typed(written.replace("[Service] ", "[Service]\n", 1), f"{key}b", of)
    if restart := restart_after(fix):
        yield "<p>then</p>"
        yield _typed(restart, f"{key}c", of)


def _typed(typed: str, key: str, of: str) -> str:
    """Return what is to be typed; its button is there where the script is, and says what it copies."""
    code = "\n".join(text(line, 2000) for line in typed.split("\n"))
    name = f'id="{key}-copy" aria-labelledby="{key}-copy {key} {of}"'
    button = f'<button type="button" {name} class="copy" data-copy="{key}" hidden>Copy</button>'
    return f'<div class="typed"><pre><code id="{key}">{code}</code></pre>{button}</div>'
