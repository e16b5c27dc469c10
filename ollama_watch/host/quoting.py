"""Words as `systemctl show` quotes them: bare, or in double quotes with C's escapes; before 2018 in $'…'."""

import re

_WORD = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|\$'((?:[^'\\]|\\.)*)'|(\S+))""", re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|([0-7]{3})|(.))", re.DOTALL)
_LETTERS = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def words(text: str) -> list[str]:
    """Return the words of a value that `systemctl show` prints."""
    found = []
    for match in _WORD.finditer(text):
        quoted = match[1] if match[1] is not None else match[2]
        found.append(match[3] if quoted is None else _unescaped(quoted))
    return found


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_byte, text.encode("utf-8", "surrogateescape")).decode("utf-8", "replace")


def _byte(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return bytes((int(found[1], 16),))
    if found[2]:
        return bytes((int(found[2], 8) & 0xFF,))
    return _LETTERS.get(found[3], found[3])
