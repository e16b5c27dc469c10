"""What runs: one card a runner, with what it got beside what was wanted, and its history."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ollama_watch.cause.table import NOT_TOLD
from ollama_watch.serve.page.parts import (
    WANTED_BY,
    beyond,
    card,
    folded,
    keys,
    name_of,
    origin,
    section,
    table,
)
from ollama_watch.serve.page.timeline import timeline
from ollama_watch.serve.page.words import dotted, fact, foreign, number, pairs, text, when

_MOST, _MOST_PAST = 50, 24  # cards
_OPEN = 6  # cards that say all; where there are more, each is a line that can be opened
_WINNERS = {
    "built-in": "Ollama's own",
    "environment": "the environment",
    "model": "the model's own options",
    "request": "the request",
    "request or model": "the request or the model",
    "": "not known",
}
_SETTERS = ("request", "model", "environment")

Runner = Mapping[str, Any]


def runs(status: Mapping[str, Any]) -> str:
    runners: Sequence[Runner] = status["runners"]
    if not runners:
        none = "No model runs now." if status["past"] else "No launch was seen so far."
        return section("runs", "What runs", f'<p class="faint">{none}</p>')
    short = len(runners) > _OPEN
    shown = (_unwell_first(runners) if short else runners)[:_MOST]
    named = zip(shown, keys("runner", shown), strict=True)
    cards = "".join(_card(one, key, status["sources"], short=short) for one, key in named)
    body = f'<div class="cards">{cards}</div>{beyond(len(runners) - _MOST, "runner")}'
    return section("runs", "What runs", body)


def _unwell_first(runners: Sequence[Runner]) -> list[Runner]:
    return sorted(runners, key=lambda one: _verdict(one["facts"])[0] != "below")


def ran(status: Mapping[str, Any]) -> str:
    """Return the history of models that do not run now; nothing where there are none."""
    models: Sequence[Runner] = status["past"]
    if not models:
        return '<div id="ran" data-part></div>'
    named = zip(models[:_MOST_PAST], keys("past", models[:_MOST_PAST]), strict=True)
    short = len(models) > _OPEN
    cards = "".join(_past(one, key, status["sources"], short=short) for one, key in named)
    body = f'<div class="cards">{cards}</div>{beyond(len(models) - _MOST_PAST, "model")}'
    return section("ran", "What ran before", body)


def _past(one: Runner, key: str, sources: Sequence[object], *, short: bool) -> str:
    last = dotted(
        (f"last launched {when(one['since'])}", "it failed" if one["failed"] else "", origin(one, sources))
    )
    drawn = timeline(one["contexts"], one["ctx_wanted"], key)
    title = foreign(one["model"], 200)
    return card(key, title, drawn, last) if short else card(key, title, f'<p class="faint">{last}</p>{drawn}')


def _card(one: Runner, key: str, sources: Sequence[object], *, short: bool) -> str:
    facts = one["facts"]
    began = dotted((
        f"since {when(one['since'])}" if one["complete"] else f"loading since {when(one['since'])}",
        origin(one, sources),
    ))  # fmt: skip
    body = (
        f"{_context(facts)}"
        f'<p class="faint">{began}</p>{pairs(_rows(one))}'
        f"{timeline(one['contexts'], facts['ctx_wanted'], key)}{_settings(one, key)}"
    )
    return card(key, foreign(one["model"], 200), body, _line(one, sources) if short else "")


def _line(one: Runner, sources: Sequence[object]) -> str:
    """Return in a line what it got, and whether that is enough."""
    verdict, words = _verdict(one["facts"])
    words = words.partition(", wanted by ")[0]
    tokens = f"<strong>{fact(one['facts']['ctx_per_slot'])}</strong> tokens"
    said = f'<span class="verdict {verdict}">{words}</span>' if verdict != "none" else ""
    return dotted((tokens, said, origin(one, sources)))


def _context(facts: Mapping[str, Any]) -> str:
    """Return what one request gets beside what is wanted."""
    verdict, words = _verdict(facts)
    tokens = f"<strong>{fact(facts['ctx_per_slot'])}</strong> tokens for a request"
    return f'<p class="context">{tokens} <span class="verdict {verdict}">{words}</span></p>'


def _verdict(facts: Mapping[str, Any]) -> tuple[str, str]:
    """Return `kept`, `below` or `none`, and the words for it."""
    got, wanted = facts["ctx_per_slot"], facts["ctx_wanted"]
    if wanted is None:
        return "none", "nothing is wanted"
    words = f"{wanted}, wanted by {WANTED_BY.get(str(facts['ctx_wanted_from']), 'somebody')}"
    if got is None:
        return "none", words
    return ("below", f"✗ below {words}") if got < wanted else ("kept", f"✓ at least {words}")


def _rows(one: Runner) -> Iterator[tuple[str, str]]:
    """Yield the facts that people ask for."""
    facts = one["facts"]
    yield "slots", fact(facts["parallel"])
    yield "all slots", fact(facts["ctx_size"])
    yield "model takes", fact(facts["ctx_trained"])
    yield "batch", fact(facts["batch_size"])
    yield "layers on GPU", _layers(facts)
    yield "library", fact(facts["library"])
    yield "flash attention", _switch(facts)
    yield "KV cache", fact(facts["kv_cache_type"])
    yield "engine", fact(facts["engine"])
    if one["request"]:
        yield "loaded by", _request(one["request"])
    if sizes := one["prompts"]:
        yield "largest prompt of 7 days", _long(f"{sizes['largest']}; 95 % had at most {sizes['p95']}")


def _layers(facts: Mapping[str, Any]) -> str:
    done, total = facts["layers_offloaded"], facts["layers_total"]
    return fact(None) if done is None else f"{done} of {fact(total)}"


def _switch(facts: Mapping[str, Any]) -> str:
    """Return what it became; what only was asked for is said to be that."""
    asked, became = facts["flash_attention"], facts["flash_attention_effective"]
    if became is None and asked is not None:
        return f"{fact(asked)} asked for"
    return fact(became)


def _request(made: Mapping[str, Any]) -> str:
    client = f" from {foreign(made['client'], 80)}" if made["client"] else ""
    sure = "" if made["certain"] else "probably "
    return _long(f"{sure}<code>{text(made['endpoint'], 80)}</code>{client}")


def _long(value: str) -> str:
    """Return a value that has a line of its own."""
    return f'<span class="long">{value}</span>'


def _settings(one: Runner, key: str) -> str:
    """Return who said what of each setting, on demand."""
    settings = one["settings"]
    if not settings:
        return ""
    rows = [
        (name_of(row["fact"]), *(_said(row[by]) for by in _SETTERS), fact(row["became"]), _winner(row))
        for row in settings
    ]
    heads = ("setting", *_SETTERS, "became", "by")
    summary = f"Who set what: {number(len(rows), 'setting')}"
    said = table("What each of them said, and who won", heads, rows)
    return folded(f"{key}-settings", summary, said, f"{key}-title")


def _said(value: object) -> str:
    if value == NOT_TOLD:
        return fact(None)
    return '<span class="unknown">not set</span>' if value is None else fact(value)


def _winner(row: Mapping[str, Any]) -> str:
    sure = "" if row["sure"] or not row["winner"] else "probably "
    return f"{sure}{text(_WINNERS.get(row['winner'], row['winner']))}"
