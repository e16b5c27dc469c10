"""What runs: one card a runner, with what it got beside what was wanted, and its history."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ollama_watch.cause.table import NOT_TOLD
from ollama_watch.serve.page.parts import WANTED_BY, beyond, folded, keys, name_of, origin, section, table
from ollama_watch.serve.page.timeline import timeline
from ollama_watch.serve.page.words import dotted, fact, foreign, number, pairs, text, when

_MOST, _MOST_PAST = 50, 24  # cards
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
        return section("runs", "What runs", '<p class="faint">No model runs now.</p>')
    named = zip(runners[:_MOST], keys("runner", runners[:_MOST]), strict=True)
    cards = "".join(_card(one, key, status["sources"]) for one, key in named)
    body = f'<div class="cards">{cards}</div>{beyond(len(runners) - _MOST, "runner")}'
    return section("runs", "What runs", body)


def ran(status: Mapping[str, Any]) -> str:
    """Return the history of models that do not run now; nothing where there are none."""
    models: Sequence[Runner] = status["past"]
    if not models:
        return '<div id="ran" data-part></div>'
    named = zip(models[:_MOST_PAST], keys("past", models[:_MOST_PAST]), strict=True)
    cards = "".join(_past(one, key, status["sources"]) for one, key in named)
    body = f'<div class="cards">{cards}</div>{beyond(len(models) - _MOST_PAST, "model")}'
    return section("ran", "What ran before", body)


def _past(one: Runner, key: str, sources: Sequence[object]) -> str:
    last = dotted(
        (f"last launched {when(one['since'])}", "it failed" if one["failed"] else "", origin(one, sources))
    )
    drawn = timeline(one["contexts"], one["ctx_wanted"], key)
    return _article(key, one["model"], f'<p class="faint">{last}</p>{drawn}')


def _article(key: str, model: str, body: str) -> str:
    title = f'<h3 id="{key}-title">{foreign(model, 200)}</h3>'
    return f'<article class="card" id="{key}" aria-labelledby="{key}-title">{title}{body}</article>'


def _card(one: Runner, key: str, sources: Sequence[object]) -> str:
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
    return _article(key, one["model"], body)


def _context(facts: Mapping[str, Any]) -> str:
    """Return what one request gets beside what is wanted."""
    got, wanted = facts["ctx_per_slot"], facts["ctx_wanted"]
    verdict, words = "none", "nothing is wanted"
    if wanted is not None:
        words = f"{wanted}, wanted by {WANTED_BY.get(str(facts['ctx_wanted_from']), 'somebody')}"
        if got is not None and got < wanted:
            verdict, words = "below", f"✗ below {words}"
        elif got is not None:
            verdict, words = "kept", f"✓ at least {words}"
    tokens = f"<strong>{fact(got)}</strong> tokens for a request"
    return f'<p class="context">{tokens} <span class="verdict {verdict}">{words}</span></p>'


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
    return folded(f"{key}-settings", summary, table("What each of them said, and who won", heads, rows))


def _said(value: object) -> str:
    if value == NOT_TOLD:
        return fact(None)
    return '<span class="unknown">not set</span>' if value is None else fact(value)


def _winner(row: Mapping[str, Any]) -> str:
    sure = "" if row["sure"] or not row["winner"] else "probably "
    return f"{sure}{text(_WINNERS.get(row['winner'], row['winner']))}"
