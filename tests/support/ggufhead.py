"""Headers of GGUF files in any version and byte order, honest or lying; no weights behind them."""

import struct
from collections.abc import Iterable

U8, I8, U16, I16, U32, I32, F32, BOOL, TEXT, ARRAY, U64, I64, F64 = range(13)
_LETTERS = {U8: "B", I8: "b", U16: "H", I16: "h", U32: "I", I32: "i", F32: "f", BOOL: "?"}
_LETTERS |= {U64: "Q", I64: "q", F64: "d"}


class Gguf:
    """Writes the parts of one kind of header."""

    def __init__(self, version: int = 3, order: str = "<") -> None:
        self.version, self.order = version, order
        self._count = "I" if version == 1 else "Q"

    def head(self, keys: Iterable[bytes], *, count: int | None = None, tensors: int = 0) -> bytes:
        """Return a whole header of keys that `key` made; `count` is what it says of their number."""
        made = list(keys)
        said = len(made) if count is None else count
        magic = b"GGUF" + struct.pack(f"{self.order}I", self.version)
        return magic + self.number(tensors) + self.number(said) + b"".join(made)

    def key(self, name: str, kind: int, value: object) -> bytes:
        """Return a key with its value; bytes are taken as the value that is already written."""
        return self.text(name) + struct.pack(f"{self.order}I", kind) + self._value(kind, value)

    def whole(self, name: str, value: int) -> bytes:
        return self.key(name, U32, value)

    def array(self, kind: int, values: Iterable[object], *, count: int | None = None) -> bytes:
        """Return the value of a key of the type ARRAY."""
        made = [self._value(kind, value) for value in values]
        said = len(made) if count is None else count
        return struct.pack(f"{self.order}I", kind) + self.number(said) + b"".join(made)

    def text(self, text: str, *, length: int | None = None) -> bytes:
        data = text.encode()
        return self.number(len(data) if length is None else length) + data

    def number(self, value: int) -> bytes:
        return struct.pack(self.order + self._count, value)

    def _value(self, kind: int, value: object) -> bytes:
        if isinstance(value, bytes):
            return value
        if kind == TEXT:
            return self.text(str(value))
        return struct.pack(self.order + _LETTERS[kind], value)

    def llama(self, *more: bytes, trained: int = 8192) -> list[bytes]:
        """Return the keys of a model with 2 layers, 4 heads and 2 of them in the cache; width 256."""
        return [
            self.key("general.architecture", TEXT, "llama"),
            self.whole("llama.context_length", trained),
            self.whole("llama.block_count", 2),
            self.whole("llama.embedding_length", 256),
            self.whole("llama.attention.head_count", 4),
            self.whole("llama.attention.head_count_kv", 2),
            *more,
        ]
