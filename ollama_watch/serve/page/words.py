"""HTML of single words: whatever a log says becomes visible text, isolated, and not long."""

import re
from collections.abc import Iterable
from datetime import datetime
from html import escape

from ollama_watch.verify.judge import shown

MOST = 400  # characters of a foreign text
_UNKNOWN = '<span class="unknown">not told</span>'
_PICTURES = 0x2400  # where Unicode has pictures of the control characters
_CONTROLS = 0x20
_PILED = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_PILES = re.compile(f"([{_PILED}]{{2}})[{_PILED}]+")


def text(value: object, most: int = MOST) -> str:
    """Return `value` as HTML: its control characters can be seen, its end is cut off where it is long."""
    whole = _PILES.sub(r"\1", str(value))
    cut = whole if len(whole) <= most else f"{whole[: most - 1]}…"
    return escape(cut if cut.isprintable() else "".join(map(_visible, cut)))


def foreign(value: object, most: int = MOST) -> str:
    """Return a text that others chose: whatever direction it is written in, it turns nothing around it."""
    return f"<bdi>{text(value, most)}</bdi>"


def fact(value: object) -> str:
    """Return the value of a fact; the log may not have told it."""
    if value is None:
        return _UNKNOWN
    return foreign(shown(tuple(value) if isinstance(value, list) else value))  # type: ignore[arg-type]  # JSON


def when(moment: str | None) -> str:
    """Return an RFC 3339 time for people: in UTC, until the script knows where they are."""
    if moment is None:
        return _UNKNOWN
    shorter = f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M:%S} UTC"
    return f'<time datetime="{text(moment)}">{shorter}</time>'


def number(count: int, one: str, many: str = "") -> str:
    """Return "1 launch", "1,204 launches"."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def pairs(rows: Iterable[tuple[str, str]]) -> str:
    """Return a list of names and values; the values are HTML."""
    items = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in rows)
    return f'<dl class="pairs">{items}</dl>'


def dotted(parts: Iterable[str]) -> str:
    """Return what there is of some pieces of HTML, in one line."""
    return ' <span class="dot" aria-hidden="true">·</span> '.join(part for part in parts if part)


def _visible(char: str) -> str:
    if char.isprintable():
        return char
    code = ord(char)
    return chr(_PICTURES + code) if code < _CONTROLS else "␡" if char == "\x7f" else f"\\u{code:04x}"
