"""Gzip, unpacked in a thread of its own while what came before is searched: zlib lets others work."""

import threading
import zlib
from collections.abc import Iterator
from queue import Queue
from typing import BinaryIO

_PACKED = 1 << 17  # bytes read at once
_PLAIN = 1 << 20  # bytes given at once
_AHEAD = 4  # of those
_GZIP = 16 + zlib.MAX_WBITS


class Unpacked:
    """A stream of what is in a gzip file. `read` raises EOFError, zlib.error or OSError."""

    def __init__(self, stream: BinaryIO) -> None:
        self._queue: Queue[bytes | Exception] = Queue(_AHEAD)
        self._stream = stream
        threading.Thread(target=self._unpack, daemon=True).start()

    def read(self, size: int, /) -> bytes:
        """Return the next block, of whatever size, or nothing at the end."""
        found = self._queue.get()
        if isinstance(found, Exception):
            raise found
        return found

    def _unpack(self) -> None:
        try:
            for block in blocks(self._stream):
                self._queue.put(block)
            self._queue.put(b"")
        except Exception as error:  # noqa: BLE001  # told where it is read
            self._queue.put(error)


def blocks(stream: BinaryIO) -> Iterator[bytes]:
    """Yield what is in a file of one or more gzip members; zeros behind the last one are padding."""
    unpack, packed = zlib.decompressobj(_GZIP), stream.read(_PACKED)
    while packed:
        if block := unpack.decompress(packed, _PLAIN):
            yield block
        if not unpack.eof:
            packed = unpack.unconsumed_tail or stream.read(_PACKED)
        elif packed := (unpack.unused_data or stream.read(_PACKED)).lstrip(b"\0"):
            unpack = zlib.decompressobj(_GZIP)
    while not unpack.eof:
        block = unpack.decompress(b"", _PLAIN)
        if not block:
            raise EOFError("Compressed file ended before the end-of-stream marker was reached")
        yield block
