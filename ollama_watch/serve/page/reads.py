"""What is read, how that goes, and what could not be judged by it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from ollama_watch.serve.page.parts import beyond, is_unwritten, name_of, origin, section
from ollama_watch.serve.page.words import fact, foreign, number, pairs, text, when
from ollama_watch.verify.facts import FACTS

_MOST = 50  # models, or sources

Row = Mapping[str, Any]


def unjudged(status: Row) -> str:
    """Return the rules that a runner could not be held against, and what was missing."""
    runners: Sequence[Row] = [one for one in status["runners"] if one["unknowns"]]
    if not runners:
        none = (
            "Every rule could be held against what runs."
            if status["runners"]
            else "Nothing runs to be judged."
        )
        return section("unjudged", "What could not be judged", f'<p class="faint">{none}</p>')
    items = "".join(_missing(one, status["sources"]) for one in runners[:_MOST])
    body = f'<ul class="plain">{items}</ul>{beyond(len(runners) - _MOST, "model")}'
    return section("unjudged", "What could not be judged", body)


def _missing(one: Row, sources: Sequence[object]) -> str:
    where = origin(one, sources)
    facts = sorted((missing, rule) for rule, missing in one["unknowns"].items())
    rows = [
        f"<li>{_fact(missing)} for {', '.join(f'<code>{text(rule)}</code>' for _, rule in rules)}</li>"
        for missing, rules in groupby(facts, key=lambda pair: pair[0])
    ]
    model = f"<strong>{foreign(one['model'], 200)}</strong>{f' ({where})' if where else ''}"
    return f"<li>{model}: the log does not tell<ul>{''.join(rows)}</ul></li>"


def _fact(missing: str) -> str:
    known = FACTS.get(missing)
    meaning = f" ({text(known.meaning)})" if known and name_of(missing) not in known.meaning else ""
    return f"{text(name_of(missing))}{meaning}"


def reads(status: Row) -> str:
    """Return the sources with their health, and the server that each one is the log of."""
    sources: Sequence[Row] = status["sources"]
    if not sources:
        return section("reads", "What is read", '<p class="faint">Nothing so far.</p>')
    cards = "".join(_source(one, f"source-{place}", status) for place, one in enumerate(sources[:_MOST]))
    body = f'<div class="cards">{cards}</div>{beyond(len(sources) - _MOST, "source")}'
    return section("reads", "What is read", body)


def _source(one: Row, key: str, status: Row) -> str:
    host = f" on {foreign(one['host'])}" if one["host"] else ""
    title = f'<h3 id="{key}-title">{foreign(one["name"])}{host}</h3>'
    body = f'<p class="faint">{foreign(one["target"])}</p>{_health(one, status)}{pairs(_rows(one))}'
    return f'<article class="card" id="{key}" aria-labelledby="{key}-title">{title}{body}</article>'


def _health(one: Row, status: Row) -> str:
    troubles = list(_troubles(one))
    if not troubles and is_unwritten(one, status):
        return '<p class="health none"><span aria-hidden="true">…</span> no line has come yet</p>'
    if not troubles:
        return '<p class="health fine"><span aria-hidden="true">✓</span> read to its end</p>'
    return "".join(
        f'<p class="health bad"><span aria-hidden="true">!</span> {trouble}</p>' for trouble in troubles
    )


def _troubles(one: Row) -> Iterator[str]:
    if not one["up"]:
        yield f"cannot be read: {foreign(one['trouble'])}"
    elif not one["caught_up"]:
        yield "still being read"
    if one["suppressed_lines"]:
        yield f"journald dropped {number(one['suppressed_lines'], 'line')}"
    if one["gaps"]:
        yield f"lines may be missing in {number(one['gaps'], 'place')}"


def _rows(one: Row) -> Iterator[tuple[str, str]]:
    newer = " (newer than tested)" if one["newer_than_tested"] else ""
    yield "Ollama", fact(one["ollama_version"]) + newer
    default = one["context_default"]
    yield "its default", fact(default) if default is None else f"{default} tokens for a request"
    yield "last line", when(one["last_line"])
    yield "lines", f"{one['lines']:,}"
