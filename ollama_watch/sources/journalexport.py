"""What `journalctl --output=export` says: systemd's own format for entries, read in bounded memory.

A field is a line NAME=VALUE, or NAME alone, then eight bytes of length (little endian), the value and a
newline; an empty line ends an entry (https://systemd.io/JOURNAL_EXPORT_FORMATS).
"""

from collections.abc import Callable, Iterator
from functools import partial

from ollama_watch.sources.lines import MOST

Fields = dict[bytes, bytes]  # by name; of a field that an entry has several times the first
_LENGTH = 8  # bytes before a value that is told by its length


class Exports:
    """Cuts blocks into entries. A field whose value is longer than `MOST` is left out."""

    def __init__(self) -> None:
        self._rest = b""  # of a field whose end was not seen
        self._fields: Fields = {}  # of the entry that it belongs to
        self._passing = 0  # bytes to come of a value that is too long
        self._in_line = False  # one goes on to the next newline

    def feed(self, block: bytes) -> Iterator[Fields]:
        """Yield the entries that `block` completes."""
        text, at = self._rest + self._wanted(block), 0
        while True:
            end = text.find(b"\n\n", at) if not self._fields else -1
            if end >= 0 and (fields := _plain(text[at:end])):
                at = end + 2
                yield fields
            elif after := self._field(text, at):
                if after == at + 1 and self._fields:
                    yield self._fields
                    self._fields = {}
                at = after
            else:
                break
        self._rest = text[at:]
        if len(self._rest) > MOST:
            self._pass_over()

    def _field(self, text: bytes, at: int) -> int | None:
        """Take in the field that begins there; return where the next one does, None if it is not complete."""
        end = text.find(b"\n", at)
        if end < 0:
            return None
        name, equals, value = text[at:end].partition(b"=")
        if name and not equals:
            start = end + 1 + _LENGTH
            end = start + int.from_bytes(text[end + 1 : start], "little")
            if len(text) <= end:
                return None
            value = text[start:end]
        if name:
            self._fields.setdefault(name, value)
        return end + 1

    def _pass_over(self) -> None:
        end = self._rest.find(b"\n")
        if end < 0:
            self._in_line = True
        else:
            start = end + 1 + _LENGTH
            size = int.from_bytes(self._rest[end + 1 : start], "little")
            self._passing = start + size + 1 - len(self._rest)
        self._rest = b""

    def _wanted(self, block: bytes) -> bytes:
        """Return what of a block is not to be passed over."""
        if self._passing:
            passed = min(self._passing, len(block))
            self._passing -= passed
            return block[passed:]
        if self._in_line:
            _, newline, block = block.partition(b"\n")
            self._in_line = not newline
        return block


def cursor(entry: Fields) -> str:
    """Return the entry's name; empty if it tells none."""
    return entry.get(b"__CURSOR", b"").decode("ascii", "replace")


def getter(entry: Fields) -> Callable[[str], bytes]:
    """Return what gives its fields by name, empty if it has none of that name."""
    return lambda name: entry.get(name.encode(), b"")


def texts(exported: bytes) -> Iterator[tuple[bytes, Callable[[], str]]]:
    """Yield the text of each entry, and what returns its cursor."""
    for entry in Exports().feed(exported):
        yield entry.get(b"MESSAGE", b""), partial(cursor, entry)


def time(entry: Fields) -> float:
    """Return when it was logged, s since the epoch."""
    at = entry.get(b"__REALTIME_TIMESTAMP", b"")
    return int(at) / 1e6 if at.isdigit() else 0.0


def _plain(entry: bytes) -> Fields | None:
    """Return the fields of an entry that has only lines; None: one is told by its length."""
    try:
        return dict([line.split(b"=", 1) for line in entry.split(b"\n")][::-1])
    except ValueError:
        return None
