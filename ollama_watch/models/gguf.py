"""The header of a GGUF file: versions 1 to 3, either byte order.

Magic, version, number of tensors, number of keys; then each key with the type of its value and the value.
What is not needed is stepped over. The work is bounded by bytes and keys: it ends whatever the file says.
"""

import os
import struct
from collections.abc import Mapping
from typing import Any

from ollama_watch.models.header import Header, from_keys
from ollama_watch.models.regular import Refused, opened

_BLOCK = 64 << 10  # bytes a read
_MOST_READ = 8 << 20  # of one file; a vocabulary of 150,000 words and its merges are 5 MiB
_MOST_TEXTS = 400_000  # that are stepped over, about a microsecond each
_MOST_KEYS = 4096  # models have some 40
_LONGEST_KEY = 65535  # bytes, by the format
_LONGEST_TEXT = 256  # of a value that is kept
_LONGEST_ARRAY = 1024  # of values that are kept: one a layer
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT, _ARRAY = 8, 9
_NEWEST = 3
# Writers put the keys of the architecture together, before or after those of the vocabulary.
_ESSENTIAL = ("context_length", "block_count", "embedding_length", "attention.head_count")


def header(path: str) -> Header | None:
    """Return what the header of the file at `path` says; None for all that is no GGUF file of a model.

    Follows links: the weights may lie on another disk. Mostly one read of 64 KiB.
    """
    try:
        with opened(path) as (descriptor, size):
            return from_keys(_Keys(_Bytes(descriptor, size)).all(), size)
    except (OSError, Refused):
        return None


class _Bytes:
    """A file read forwards, a block at a time."""

    def __init__(self, descriptor: int, size: int) -> None:
        self._descriptor, self._size = descriptor, size
        self._at = self._begin = 0
        self._block = b""
        self._left = _MOST_READ

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes; raises Refused if there are not so many."""
        start = self._at - self._begin
        if start + count > len(self._block):
            self._fill(count)
            start = 0
        self.skip(count)
        return self._block[start : start + count]

    def skip(self, count: int) -> None:
        if count > self._size - self._at:
            raise Refused("more than there is")
        self._at += count

    def _fill(self, count: int) -> None:
        self._left -= max(count, _BLOCK)
        if self._left < 0:
            raise Refused("too much to read")
        self._block = os.pread(self._descriptor, max(count, _BLOCK), self._at)
        self._begin = self._at
        if len(self._block) < count:
            raise Refused("ends early")


class _Keys:
    """The keys with those of their values that are short; None for the others."""

    def __init__(self, data: _Bytes) -> None:
        self._data, self._texts = data, _MOST_TEXTS
        if data.take(4) != b"GGUF":
            raise Refused("no GGUF")
        version = data.take(4)
        self._order = "<" if version[:2] != b"\0\0" else ">"
        number = int(self._number("I", version))
        if not 1 <= number <= _NEWEST:
            raise Refused("another version")
        self._count = "I" if number == 1 else "Q"

    def all(self) -> dict[str, Any]:
        self._length()  # of tensors
        count = self._length()
        if count > _MOST_KEYS:
            raise Refused("too many keys")
        found: dict[str, Any] = {}
        for _ in range(count):
            key, kind = self._key(), int(self._number("I"))
            if kind == _ARRAY and key.startswith("tokenizer.") and _enough(found):
                break
            found[key] = self._value(kind)
        return found

    def _number(self, letter: str, data: bytes | None = None) -> Any:
        pattern = self._order + letter
        return struct.unpack(pattern, data or self._data.take(struct.calcsize(pattern)))[0]

    def _length(self) -> int:
        return int(self._number(self._count))

    def _key(self) -> str:
        length = self._length()
        if length > _LONGEST_KEY:
            raise Refused("a key that long")
        return self._data.take(length).rstrip(b"\0").decode(errors="replace")

    def _value(self, kind: int) -> Any:
        if kind in _SCALARS:
            return self._number(_SCALARS[kind])
        if kind == _TEXT:
            return self._text()
        if kind == _ARRAY:
            return self._array()
        raise Refused("a value of an unknown type")

    def _text(self) -> str | None:
        length = self._length()
        if length > _LONGEST_TEXT:
            self._data.skip(length)
            return None
        return self._data.take(length).rstrip(b"\0").decode(errors="replace")

    def _array(self) -> tuple[Any, ...] | None:
        kind, count = int(self._number("I")), self._length()
        if kind == _TEXT:
            self._texts -= count
            if self._texts < 0:
                raise Refused("too many texts")
            for _ in range(count):
                self._data.skip(self._length())
            return None
        letter = _SCALARS.get(kind)
        if letter is None:
            raise Refused("an array of arrays, or of what nobody knows")
        size = count * struct.calcsize(f"={letter}")
        if count > _LONGEST_ARRAY:
            self._data.skip(size)
            return None
        return struct.unpack(f"{self._order}{count}{letter}", self._data.take(size))


def _enough(found: Mapping[str, Any]) -> bool:
    architecture = found.get("general.architecture")
    return all(f"{architecture}.{key}" in found for key in _ESSENTIAL)
