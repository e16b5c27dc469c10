"""What the sections of the page are built of."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ollama_watch.serve.page.words import foreign, number

SIGNS = {"critical": "✗", "warning": "!", "info": "i"}  # beside the word: no meaning is in a colour alone
NAMES = {
    "ctx_per_slot": "context of a request",
    "ctx_size": "context of all slots",
    "parallel": "slots",
    "batch_size": "batch",
    "gpu_layers": "GPU layers",
    "num_gpu": "GPU layers asked for",
    "layers_offloaded": "layers on the GPU",
    "main_gpu": "main GPU",
    "flash_attention": "flash attention",
    "flash_attention_effective": "flash attention",
    "kv_cache_type": "KV cache type",
}

WANTED_BY = {
    "config": "your configuration",
    "model": "the model's own num_ctx",
    "environment": "OLLAMA_CONTEXT_LENGTH",
    "history": "its earlier launches",
}


def name_of(fact: str) -> str:
    """Return what people call a fact."""
    return NAMES.get(fact, fact.replace("_", " "))


def section(key: str, title: str, body: str, more: str = "") -> str:
    """Return a section: the script exchanges it as a whole when it changes."""
    head = f'<h2 id="{key}-title" tabindex="-1">{title}{more}</h2>'
    return f'<section id="{key}" data-part aria-labelledby="{key}-title">{head}{body}</section>'


def folded(key: str, summary: str, body: str, of: str) -> str:
    """Return what is shown on demand; `key` is its id, so that it stays open when the page changes.

    `of`: the id of the title that it belongs to, for who hears the summary without seeing where it stands.
    """
    head = f'<summary id="{key}-head" aria-labelledby="{key}-head {of}">{summary}</summary>'
    return f'<details id="{key}">{head}{body}</details>'


def card(key: str, title: str, body: str, line: str = "") -> str:
    """Return a card; with a `line` that sums it up, what else it says is shown on demand."""
    head = f'<h3 id="{key}-title">{title}</h3>'
    if not line:
        return f'<article class="card" id="{key}" aria-labelledby="{key}-title">{head}{body}</article>'
    summary = f'<summary id="{key}-all-head">{head} <span class="line">{line}</span></summary>'
    return (
        f'<article class="card short" id="{key}" aria-labelledby="{key}-title">'
        f'<details id="{key}-all">{summary}{body}</details></article>'
    )


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose first column names its rows; cells are HTML. What is too wide is scrolled."""
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
        for first, *cells in rows
    )
    inside = f"<caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="wide" role="group" tabindex="0" aria-label="{caption}"><table>{inside}</table></div>'


def beyond(left: int, what: str) -> str:
    """Return a line that says how many are not shown."""
    return f'<p class="faint">{number(left, what)} more: see the API.</p>' if left > 0 else ""


def keys(kind: str, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return an id for each row, the same one whenever the row is of the same model of the same source."""
    seen: Counter[str] = Counter()
    found = []
    for row in rows:
        origin = f"{row['host']}|{row['source']}|{row['model']}".encode("utf-8", "backslashreplace")
        mark = f"{kind}-{hashlib.sha256(origin).hexdigest()[:12]}"
        seen[mark] += 1
        found.append(mark if seen[mark] == 1 else f"{mark}-{seen[mark]}")
    return found


def origin(row: Mapping[str, Any], sources: Sequence[object]) -> str:
    """Return where it was read, if there is more than one source."""
    if len(sources) < 2:  # noqa: PLR2004  # one goes without saying
        return ""
    host = f" on {foreign(row['host'])}" if row["host"] else ""
    return foreign(row["source"]) + host


def is_awaited(source: Mapping[str, Any]) -> bool:
    """Tell whether it cannot be read because it is not there yet; what once was read is not awaited."""
    trouble = str(source["trouble"])
    absent = trouble.startswith("no ") or "No such file" in trouble or " yet" in trouble
    return absent and not source["lines"]


def is_unwritten(source: Mapping[str, Any], status: Mapping[str, Any]) -> bool:
    """Tell whether it never gave a line; after a restart, what it gave before is known by what it told."""
    if source["lines"] or source["ollama_version"]:
        return False
    told = (*status["runners"], *status["past"])
    return all((one["source"], one["host"]) != (source["name"], source["host"]) for one in told)
