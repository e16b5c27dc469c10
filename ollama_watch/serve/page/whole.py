"""The page as a whole: head, banner, parts and foot."""

from collections.abc import Mapping
from typing import Any

from ollama_watch.serve.page import headline
from ollama_watch.serve.page.contents import contents
from ollama_watch.serve.page.reads import reads, unjudged
from ollama_watch.serve.page.runs import ran, runs
from ollama_watch.serve.page.words import number, text
from ollama_watch.serve.page.wrong import wrong


def page(status: Mapping[str, Any]) -> str:
    """Return the HTML of what `/api/v1/status` says."""
    return (
        f'<!doctype html>\n<html lang="en">{_head(status)}<body>'
        f'<a class="skip" href="#headline-title">To what is wrong</a>{_banner(status)}<main id="main">'
        f"{wrong(status)}{runs(status)}{ran(status)}{unjudged(status)}{reads(status)}"
        f"</main>{_footer(status)}</body></html>\n"
    )


def _head(status: Mapping[str, Any]) -> str:
    title = text(headline.headline(status).title)
    return (
        '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{title} · ollama-watchd</title>'
        '<link rel="icon" href="icon.svg" type="image/svg+xml"><link rel="stylesheet" href="page.css">'
        '<script src="page.js" defer></script></head>'
    )


def _banner(status: Mapping[str, Any]) -> str:
    return (
        '<header><div class="bar"><p class="name">ollama-watchd</p>'
        '<p id="link" role="status" hidden></p>'
        '<noscript><p class="faint">as of when it was loaded</p></noscript></div>'
        f'{headline.render(status)}<p id="news" class="unseen" aria-live="polite"></p>'
        f"{contents(status)}</header>"
    )


def _footer(status: Mapping[str, Any]) -> str:
    rules, tested = number(status["rules"], "rule"), text(status["tested_ollama_version"])
    links = (("metrics", "metrics"), ("api/v1/status", "status as JSON"), ("api/v1/alerts", "alerts as JSON"))
    items = "".join(f'<li><a href="{path}">{name}</a></li>' for path, name in links)
    return (
        f'<footer id="footer" data-part><p>Version {text(status["version"])}, {rules} in force, tested up to '
        f"Ollama {tested}. It reads the log, changes nothing and sends nothing anywhere you did not name.</p>"
        f'<nav aria-label="For programs"><ul>{items}</ul></nav></footer>'
    )
