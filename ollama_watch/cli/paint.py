"""Text for a terminal: colours where they are wanted, and nothing a log could do to it."""

import os
import shutil
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TextIO

_CODES = {
    "critical": "1;31",
    "warning": "33",
    "info": "36",
    "ok": "32",
    "strong": "1",
    "faint": "2",
}
_BLANKS = str.maketrans("\t\r\n", "   ")
_NARROWEST, _WIDEST = 80, 120  # columns: below, the terminal wraps; beyond, the eye does not follow


def clean(text: str) -> str:
    """Return `text` as one line, all that is not visible spelt out: control, direction, lone surrogates."""
    if text.isprintable():
        return text
    text = text.translate(_BLANKS)
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


@dataclass(frozen=True, slots=True)
class Paint:
    """How to write on one stream."""

    width: int = 100  # columns
    colour: bool = False

    def __call__(self, kind: str, text: str) -> str:
        """Return `text` in the colour of a kind, a severity among them."""
        return f"\x1b[{_CODES[kind]}m{text}\x1b[0m" if self.colour and text else text

    def wrapped(self, text: str, indent: int) -> str:
        """Return `text` broken at blanks so that it fits behind `indent` columns."""
        parts = textwrap.wrap(
            text, max(self.width - indent, 20), break_long_words=False, break_on_hyphens=False
        )
        return ("\n" + " " * indent).join(parts)

    def joined(self, parts: Iterable[str]) -> str:
        """Return `parts` with dots between them, on as many lines as they need, none broken itself."""
        rows: list[str] = []
        for part in parts:
            if rows and len(rows[-1]) + len(part) + 3 <= self.width:
                rows[-1] += f" · {part}"
            else:
                rows.append(f"  {part}" if rows else part)
        return "\n".join(rows)


def paint_for(stream: TextIO, environ: Mapping[str, str] = os.environ) -> Paint:
    """Return how to write on `stream`: in colour on a terminal only, and never against NO_COLOR."""
    if not stream.isatty():
        return Paint()
    colour = not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
    return Paint(min(max(shutil.get_terminal_size().columns, _NARROWEST), _WIDEST), colour)
