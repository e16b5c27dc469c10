"""The first thing that is read: whether anything is wrong, or whether that cannot be said yet."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ollama_watch.model import SEVERITIES
from ollama_watch.serve.page.parts import SIGNS, is_awaited, is_unwritten
from ollama_watch.serve.page.words import foreign, number, text

_DOCTOR = "<code>ollama-watchd doctor</code> says why, and how to mend it."
_NOUNS = {"critical": ("critical problem", ""), "warning": ("warning", ""), "info": ("note", "")}


@dataclass(frozen=True, slots=True)
class Headline:
    """`kind` is a severity, `fine`, or `waiting`: nothing can be said yet."""

    kind: str
    title: str
    plain: str = ""  # HTML; one sentence


def headline(status: Mapping[str, Any]) -> Headline:
    """Return what is to be said of it all in a few words."""
    firing = Counter(str(one["severity"]) for one in status["alerts"] if one["state"] == "firing")
    unread = _unread(status)
    if firing and not (unread and set(firing) == {"info"}):  # a note does not say that the rest is well
        return _wrong(firing)
    return unread or _fine(status)


def render(status: Mapping[str, Any]) -> str:
    """Return the banner of the page."""
    found = headline(status)
    sign = SIGNS.get(found.kind, "✓" if found.kind == "fine" else "…")
    notes = "".join(f'<p class="note">{note}</p>' for note in _notes(status, found))
    plain = f"<p>{found.plain}</p>" if found.plain else ""
    return (
        f'<div id="headline" data-part class="headline {found.kind}">'
        f'<span class="sign" aria-hidden="true">{sign}</span>'
        f'<div><h1 id="headline-title" tabindex="-1">{found.title}</h1>{plain}{notes}</div></div>'
    )


def _wrong(firing: Counter[str]) -> Headline:
    counts = [number(firing[one], *_NOUNS[one]) for one in reversed(SEVERITIES) if firing[one]]
    worst = next(one for one in reversed(SEVERITIES) if firing[one])
    if worst == "info":
        return Headline(worst, f"Nothing is broken, {counts[0]}")
    *most, last = counts
    return Headline(worst, f"{', '.join(most)} and {last}" if most else last)


def _unread(status: Mapping[str, Any]) -> Headline | None:
    """Return what is said while nothing is known; None: something is."""
    sources: Sequence[Mapping[str, Any]] = status["sources"]
    blind = [one for one in sources if not one["up"]]
    if not sources:
        return Headline("waiting", "No log yet", "No file matches what the configuration names.")
    if len(blind) == len(sources) and all(is_awaited(one) for one in blind):
        trouble = str(blind[0]["trouble"])
        title = "No Ollama yet" if trouble.startswith("no Ollama") else "Nothing to read yet"
        return Headline("waiting", title, "It is looked for all the time, and read as soon as it is there.")
    if blind:
        return Headline("warning", f"{number(len(blind), 'log')} cannot be read", _DOCTOR)
    if not status["ready"]:
        return Headline("waiting", "Still reading", "What the log holds is read first; this can change.")
    if all(is_unwritten(one, status) for one in sources):
        return Headline("waiting", "Nothing was read yet", f"{_none_written(len(sources))} {_DOCTOR}")
    return None


def _none_written(logs: int) -> str:
    which = "The log" if logs == 1 else "Each log"
    return f"{which} can be read, but no line has come: Ollama may write elsewhere, or was not used so far."


def _fine(status: Mapping[str, Any]) -> Headline:
    running = len(status["runners"])
    if not running:
        none_seen = "No model runs." if status["past"] else "No model has been launched yet."
        return Headline("fine", "Nothing is wrong", none_seen)
    runs = "1 model runs" if running == 1 else f"{running} models run"
    return Headline("fine", "Nothing is wrong", f"{runs}, and no rule is broken.")


def _notes(status: Mapping[str, Any], found: Headline) -> Iterator[str]:
    for one in status["sources"]:
        if not one["up"]:
            yield f"{foreign(one['name'])}: {foreign(one['trouble'])}"
    if not status["ready"] and found.kind != "waiting":
        yield "The log is still being read: this can change."
    for release in sorted({one["ollama_version"] for one in status["sources"] if one["newer_than_tested"]}):
        tested = text(status["tested_ollama_version"])
        yield f"Ollama {foreign(release)} is newer than what this was tested with ({tested})."
