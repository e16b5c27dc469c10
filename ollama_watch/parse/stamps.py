"""The moment that a line names, whether or not anything else in it is understood."""

import re

from ollama_watch.parse.clock import local, written

_LOCAL = re.compile(
    rb"(?<!\d)(\d{4}/\d\d/\d\d) (?:- )?(\d\d:\d\d:\d\d)(?!\d)"
)  # Go's plain logger; [GIN] with a dash


def has_time(text: bytes) -> bool:
    return moment(text, 0) is not None


def zone(text: bytes) -> int | None:
    """Return the zone in which a line is written (s east of UTC), or None if it does not say."""
    found = written(text)
    return found[1] if found else None


def moment(text: bytes, zone: int) -> float | None:
    """Return the moment that a line names (s since the epoch); one without a zone is meant in `zone`."""
    if found := written(text):
        return found[0]
    there = _LOCAL.search(text)
    told = local(there[1].decode(), there[2].decode()) if there else None
    return None if told is None else told - zone
