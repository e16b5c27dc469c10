"""The page at `/`: what runs and what is wrong, without scripts."""

from collections.abc import Sequence
from html import escape
from typing import Any

from ollama_watch.serve.text import clean, layers

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;"
    "background:#fff}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.25rem .75rem "
    ".25rem 0;border-bottom:1px solid #ddd}.critical{color:#b00020}.warning{color:#8a5a00}"
    ".info{color:#335}code{background:#f3f3f3;padding:0 .25em}"
    "@media(prefers-color-scheme:dark){body{background:#181818;color:#ddd}td,th{border-color:#444}"
    ".critical{color:#ff6b7d}.warning{color:#f0b040}.info{color:#9ab}code{background:#2a2a2a}}"
)


def page(status: dict[str, Any]) -> str:
    """Return the HTML of what `/api/v1/status` says."""
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>ollama-watchd</title><style>{_STYLE}"
        "</style><meta http-equiv=refresh content=10><h1>ollama-watchd</h1>"
        f"{_alerts(status['alerts'])}<h2>Runners</h2>{_runners(status['runners'])}<h2>Sources</h2>"
        f"{_sources(status['sources'])}<p>version {_text(status['version'])} · {status['rules']} rules"
        " · metrics at <code>/metrics</code>, alerts at <code>/api/v1/alerts</code>"
    )


def _alerts(alerts: list[dict[str, Any]]) -> str:
    if not alerts:
        return "<p>Nothing to tell: every model runs as wanted."
    items = "".join(
        f"<li><strong class={one['severity']}>{one['severity']}</strong> {_text(one['summary'])}"
        + "".join(f"<br>why: {_text(cause['text'])}" for cause in one["causes"][:1])
        + "".join(f"<br>fix: <code>{_text(fix)}</code>" for fix in one["fixes"][:1])
        for one in alerts
    )
    return f"<ul>{items}</ul>"


def _runners(runners: list[dict[str, Any]]) -> str:
    if not runners:
        return "<p>None seen so far."
    rows = [
        (one["model"], *_context(one["facts"]), layers(one["facts"]), one["since"] or "") for one in runners
    ]
    return _table(("model", "context of a request", "slots", "GPU", "since"), rows)


def _context(facts: dict[str, Any]) -> tuple[str, str]:
    known = (facts["ctx_per_slot"], facts["parallel"])
    per_slot, slots = ("?" if value is None else str(value) for value in known)
    return per_slot, slots


def _sources(sources: list[dict[str, Any]]) -> str:
    rows = [
        (one["name"], one["target"], one["ollama_version"] or "?", one["trouble"] or "ok") for one in sources
    ]
    return _table(("source", "reads", "Ollama", "state"), rows)


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{head}" for head in heads)
    body = "".join("<tr>" + "".join(f"<td>{_text(cell)}" for cell in row) for row in rows)
    return f"<table><tr>{head}{body}</table>"


def _text(text: object) -> str:
    return escape(clean(text))
