"""Files of `EnvironmentFile=`, read as systemd reads them (systemd.exec(5)), which is not as a shell does.

A value may be quoted at its start; "export" makes a line void; a "#" behind a value belongs to it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BLANK = re.compile(r"[ \t\r\n]*")
_COMMENT = re.compile(r"[#;][^\n\r]*")
_KEY = re.compile(r"[^=\n\r]*")
_GAP = re.compile(r"[ \t]*")
_QUOTED = re.compile(r"""'([^']*)'?|"((?:[^"\\]|\\.)*)"?""", re.DOTALL)
_BARE = re.compile(r"(?:[^\\\n\r]|\\.)*", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_KEPT = '"\\`$'  # in double quotes a backslash counts before these and a line's end alone


@dataclass(frozen=True, slots=True)
class Line:
    """One assignment of such a file; systemd ignores it, with a line in the journal, where `void`."""

    number: int  # from 1
    name: str
    value: str
    void: bool


def lines(text: str) -> Iterator[Line]:
    """Yield the assignments of a file in their order; of two to one name, the later one counts."""
    at = 0
    while (at := _after(_BLANK, text, at)) < len(text):
        if comment := _COMMENT.match(text, at):
            at = comment.end()
            continue
        start, end = at, _after(_KEY, text, at)
        if text[end : end + 1] != "=":
            at = end
            continue
        value, at = _value(text, end + 1)
        name = text[start:end].strip(" \t")
        if name:
            yield Line(text.count("\n", 0, start) + 1, name, value, not _NAME.fullmatch(name))


def _value(text: str, at: int) -> tuple[str, int]:
    """Return the value that begins at `at`, and where it ends: quoted parts, then a bare rest."""
    parts = []
    at = _after(_GAP, text, at)
    while quoted := _QUOTED.match(text, at):
        parts.append(quoted[1] if quoted[1] is not None else _ESCAPE.sub(_in_quotes, quoted[2]))
        at = _after(_GAP, text, quoted.end())
    end = _after(_BARE, text, at)
    return "".join(parts) + _bare(text[at:end]), end


def _bare(text: str) -> str:
    """Undo the escapes; blanks at the end go, but for an escaped one."""
    last = max((found.end() for found in re.finditer(r"\\.|[^ \t\\]", text, re.DOTALL)), default=0)
    return _ESCAPE.sub(lambda found: "" if found[1] in "\n\r" else found[1], text[:last])


def _in_quotes(found: re.Match[str]) -> str:
    return found[1] if found[1] in _KEPT else "" if found[1] == "\n" else found[0]


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
