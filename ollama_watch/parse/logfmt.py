r"""Records as Go's slog writes them: key=value, quoted where needed (reference 1.3 and 15).

A value is quoted if it holds blanks, quotes or `=`; only inside quotes is a backslash an escape. Keys
are quoted by the same rule ("model layers"=29). Unclosed quotes mean that the line was cut.

Lines are hostile: no pattern here looks at a byte more than a few times, wherever it starts.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice

_QUOTED = rb'"((?:[^"\\]++|\\.)*+)'  # up to its end or the cut
_MSG = re.compile(rb"(?<![\w.])msg=(?:" + _QUOTED + rb'"|([^\s"]*+))')
# A bare key begins where the run of its characters does, a quoted one holds no escapes. A bare value holds no
# quote; at a line's end that of whoever wrapped it may touch the value, or a backtick, or a tag of a page.
_PAIR = re.compile(rb'((?<![^\s="])[^\s="]++|"[^"\\]++")=(?:' + _QUOTED + rb'("?)|(<?[^\s"`<]*+))')
_ESCAPE = re.compile(rb"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_PLAIN = {b"n": b"\n", b"t": b"\t", b"r": b"\r"}
_MOST_PAIRS = 200  # of a record; Ollama's longest has a dozen
_WORD = 200  # characters of a name or a word; a tag has at most 250, those of people some 30


def unescape(text: bytes) -> bytes:
    """Undo one level of Go's quoting; an escape that Go does not have stands for its character."""
    if b"\\" not in text:
        return text
    return b"\\".join(_unescape(part) for part in text.split(b"\\\\"))


def _unescape(text: bytes) -> bytes:
    """The same for a text without escaped backslashes; one at a time only what is rare."""
    text = text.replace(b'\\"', b'"').replace(b"\\n", b"\n")
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

    Read when first asked for. `cut` names the key whose quote was never closed: its value is what stood
    before the cut.
    """

    def __init__(self, text: bytes, start: int) -> None:
        self._text, self._start = text, start

    @cached_property
    def _read(self) -> tuple[dict[str, str], str | None]:
        found: dict[str, str] = {}
        cut = None
        for key, value, closed in islice(_pairs(self._text, self._start), _MOST_PAIRS):
            if key not in found:
                found[key] = value
                cut = cut if closed else key
        return found, cut

    @property
    def cut(self) -> str | None:
        return self._read[1]

    def __getitem__(self, key: str) -> str:
        return self._read[0][key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read[0])

    def __len__(self) -> int:
        return len(self._read[0])

    def number(self, key: str) -> int | None:
        """Return the whole number at `key`, or None if it is none or absent."""
        return whole(self.get(key, ""))

    def word(self, key: str, most: int = _WORD) -> str:
        """Return the value at `key` as something to keep: short; "" if absent."""
        return shortened(self.get(key, ""), most)


def _pairs(text: bytes, start: int) -> Iterator[tuple[str, str, bool]]:
    for found in _PAIR.finditer(text, start):
        key, quoted, closing, bare = found.groups()
        value = bare if quoted is None else unescape(quoted)
        yield _text(key.strip(b'"')), _text(value), quoted is None or bool(closing)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def shortened(text: str, most: int = _WORD) -> str:
    """Return `text`, or its beginning and … if it has more than `most` characters: clients choose names."""
    return text if len(text) <= most else text[: most - 1] + "…"


def whole(text: str) -> int | None:
    """Return `text` as a whole number of at most 18 digits, or None."""
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= 18 else None  # noqa: PLR2004  # fits 64 bits
