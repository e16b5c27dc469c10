"""Whether a variable as it was set is what the server's start line shows (reference 8).

The line prints what the server parsed; its shape tells how the server reads the variable.
"""

import re
from collections.abc import Callable
from typing import Literal

from ollama_watch.parse.secrets import MASK

# "malformed": the server took its default; "unsure": it cannot be told from the line.
Match = Literal["same", "other", "malformed", "unsure"]

_FALSE = ("0", "f", "F", "FALSE", "false", "False")
_LEVELS = {"INFO": 0, "DEBUG": 1, "DEBUG-4": 2, "TRACE": 2}
_LEVEL = re.compile(r"INFO|DEBUG(?:-\d+)?|TRACE")
_NUMBER = re.compile(r"[+]?\d{1,18}")
_SPAN = re.compile(r"-?(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_FOR_EVER = 1e9  # s; Go's longest span is 292 years, and stands for all that is negative
_HOST = re.compile(r"(?:(https?)://)?([\w.-]*)(?::(\d{1,5}))?/?")
_PORTS = {"http": 80, "https": 443, None: 11434}


def match(name: str, value: str, shown: str) -> Match:
    """Hold `value`, as it was set, against what the start line shows for the variable."""
    value = value.strip().strip("\"'")  # as Ollama does
    if not value or MASK in value or MASK in shown:  # an empty variable counts as unset
        return "unsure"
    if name == "OLLAMA_HOST":
        return _host(value, shown)
    read = next((read for shape, read in _SHAPES if shape.fullmatch(shown)), _is)
    return read(value, shown)


def _is(value: object, shown: object) -> Match:
    return "same" if value == shown else "other"


def _list(value: str, shown: str) -> Match:
    """What the server adds of its own does not matter."""
    given = {part.strip() for part in value.split(",")}
    return "same" if given <= set(shown[1:-1].split()) else "other"


def _truth(value: str) -> bool:
    """A text that is neither true nor false counts as true."""
    return value not in _FALSE


def _switch(value: str, shown: str) -> Match:
    return _is(_truth(value), shown == "true")


def _level(value: str, shown: str) -> Match:
    level = int(value) if _NUMBER.fullmatch(value) else int(_truth(value))
    return _is(min(level, 2), _LEVELS.get(shown, 2))


def _number(value: str, shown: str) -> Match:
    return _is(int(value), int(shown)) if _NUMBER.fullmatch(value) else "malformed"


def _spans(value: str, shown: str) -> Match:
    seconds = _span(value)
    return "malformed" if seconds is None else _is(seconds, _span(shown))


def _span(value: str) -> float | None:
    """Return a span of Go's in seconds; a bare number is seconds, all that is negative is for ever."""
    if re.fullmatch(r"-?\d{1,18}", value):
        seconds = float(value)
    elif _SPAN.fullmatch(value):
        seconds = sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(value))
        seconds = -seconds if value.startswith("-") else seconds
    else:
        return None
    return _FOR_EVER if seconds < 0 or seconds > _FOR_EVER else seconds


def _host(value: str, shown: str) -> Match:
    """`0.0.0.0` is shown as `http://0.0.0.0:11434`; of what is unusual nothing is said."""
    ours, theirs = _HOST.fullmatch(value), _HOST.fullmatch(shown)
    if not ours or not theirs:
        return "unsure"
    port = int(ours[3]) if ours[3] else _PORTS[ours[1]]
    return _is((ours[2] or "127.0.0.1", port), (theirs[2], int(theirs[3] or 0)))


_SHAPES: tuple[tuple[re.Pattern[str], Callable[[str, str], Match]], ...] = (
    (re.compile(r"\[.*\]", re.DOTALL), _list),
    (re.compile("true|false"), _switch),
    (_LEVEL, _level),
    (_NUMBER, _number),
    (_SPAN, _spans),
)
