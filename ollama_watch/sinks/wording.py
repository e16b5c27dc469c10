"""Making words fit where there is little room. Pure: text in, text out."""

from collections.abc import Sequence

ROOM = 50  # characters of a title; what desktops show of one without cutting it
_LINE = 300  # characters of a body's line: an error of a model that fails to load may go on for ever
_BREAKS = (", ", "; ", ": ", " (", " although ")  # where a sentence may end early


def clean(text: str) -> str:
    """Return `text` on one line without anything that steers a screen: a log may name a model anything."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def line(text: str) -> str:
    """Return `text` clean and not longer than a body's line, with single spaces."""
    return cut(" ".join(clean(text).split()), _LINE)


def sentence(text: str) -> str:
    """Return `text` with a capital letter and a full stop."""
    text = capital(text.strip())
    return text if not text or text.endswith((".", "!", "?", "…")) else f"{text}."


def capital(text: str) -> str:
    """Return `text` with a capital letter, unless it begins with a name such as num_ctx."""
    return text if "_" in text.partition(" ")[0] else text[:1].upper() + text[1:]


def fit(name: str, endings: Sequence[str]) -> str:
    """Return `name` and the first ending that leaves it whole, else the last and a shortened name.

    The endings hold the numbers, so they are never cut.
    """
    for ending in endings:
        if len(name) + len(ending) <= ROOM:
            return name + ending
    return shortened(name, ROOM - len(endings[-1])) + endings[-1]


def shortened(name: str, room: int) -> str:
    """Return a model's name in `room` characters: the registry goes first, the tag last."""
    if len(name) <= room:
        return name
    name = name.rsplit("/", 1)[-1] or name
    if len(name) <= room:
        return name
    colon = name.rfind(":")
    tail = min(len(name) - colon if colon > 0 else room // 3, room // 2)
    return f"{name[: room - 1 - tail]}…{name[len(name) - tail :]}"


def headline(text: str) -> str:
    """Return the longest beginning of `text` that fits and ends with a clause, else whole words and …."""
    if len(text) <= ROOM:
        return text
    ends = sorted(
        (at for mark in _BREAKS for at in range(ROOM + 1) if text.startswith(mark, at)), reverse=True
    )
    # A name and a colon alone say nothing.
    return next((text[:at] for at in ends if " " in text[:at]), cut(text, ROOM))


def remainder(text: str, head: str) -> str:
    """Return what `head` does not tell of `text`: what follows it, or all where it is no beginning of it."""
    return text.removeprefix(head).lstrip(",;: ") if text.startswith(head) else text


def cut(text: str, room: int) -> str:
    """Return `text`, or as many whole words of it as fit, and …."""
    if len(text) <= room:
        return text
    words = text[: room - 1]
    at = words.rfind(" ")
    return f"{words[:at] if at > room // 2 else words}…"
