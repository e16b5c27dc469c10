r"""Records as Go's slog writes them: key=value, quoted where needed (reference 1.3 and 15).

A value is quoted if it holds blanks, quotes or `=`; only inside quotes is a backslash an escape. Keys
are quoted by the same rule ("model layers"=29). Unclosed quotes mean that the line was cut.
"""

import re
from collections.abc import Iterator, Mapping

_MSG = re.compile(rb'(?<![\w.])msg=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))')
_PAIR = re.compile(rb'("(?:[^"\\]|\\.)*"|[^\s="]+)=(?:"((?:[^"\\]|\\.)*)("?)|(\S*))')
_ESCAPE = re.compile(rb"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_PLAIN = {b"n": b"\n", b"t": b"\t", b"r": b"\r"}


def unescape(text: bytes) -> bytes:
    """Undo one level of Go's quoting; an escape that Go does not have stands for its character."""
    return _ESCAPE.sub(_escaped, text) if b"\\" in text else text


def _escaped(found: re.Match[bytes]) -> bytes:
    what = found[1]
    if len(what) > 1 and what[:1] == b"u":
        return chr(int(what[1:], 16)).encode("utf-8", "replace")
    if len(what) > 1:
        return bytes([int(what[1:], 16)])
    return _PLAIN.get(what, what)


def message(text: bytes) -> tuple[bytes, int] | None:
    """Return the value of the first `msg=` and where it ends, or None if there is none or it is cut."""
    found = _MSG.search(text)
    if found is None:
        return None
    if found[1] is not None:
        return unescape(found[1]), found.end()
    bare = found[2]
    return None if not bare and text[found.end() : found.end() + 1] == b'"' else (bare, found.end())


class Attributes(Mapping[str, str]):
    """What follows `msg=` in a record, unescaped; of a key given twice the first counts.

    `cut` names the key whose quote was never closed: its value is what stood before the cut.
    """

    def __init__(self, text: bytes, start: int) -> None:
        self._found: dict[str, str] = {}
        self.cut: str | None = None
        for key, value, closed in _pairs(text, start):
            if key not in self._found:
                self._found[key] = value
                self.cut = self.cut if closed else key

    def __getitem__(self, key: str) -> str:
        return self._found[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def number(self, key: str) -> int | None:
        """Return the whole number at `key`, or None if it is none or absent."""
        return whole(self._found.get(key, ""))


def _pairs(text: bytes, start: int) -> Iterator[tuple[str, str, bool]]:
    for found in _PAIR.finditer(text, start):
        key, quoted, closing, bare = found.groups()
        name = unescape(key[1:-1]) if key[:1] == b'"' else key
        value = bare if quoted is None else unescape(quoted)
        yield _text(name), _text(value), quoted is None or bool(closing)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def whole(text: str) -> int | None:
    """Return `text` as a whole number of at most 18 digits, or None."""
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= 18 else None  # noqa: PLR2004  # fits 64 bits
