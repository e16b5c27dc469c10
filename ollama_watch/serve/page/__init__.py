"""The page at `/`: what is wrong, why and what to type, what runs, and what cannot be said.

The server writes all of it; `page.js` copies what is to be typed and keeps the page as it would be now.
Nothing stands inside the page that the Content-Security-Policy would have to let through: styles, script
and picture are files of their own, from here.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ollama_watch.serve.page import headline
from ollama_watch.serve.page.contents import contents
from ollama_watch.serve.page.reads import reads, unjudged
from ollama_watch.serve.page.runs import ran, runs
from ollama_watch.serve.page.words import number, text
from ollama_watch.serve.page.wrong import wrong

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FILES: Mapping[str, str] = {  # what the page is made of besides, and of which kind it is
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_FOLDER = Path(__file__).parent


def file(name: str) -> str:
    """Return the text of one of `FILES`."""
    return (_FOLDER / name).read_text(encoding="utf-8")


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
