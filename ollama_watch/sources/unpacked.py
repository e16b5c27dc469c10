"""What is in a gzip file."""

import zlib
from collections.abc import Iterator
from typing import BinaryIO

_PACKED = 1 << 17  # bytes read at once
_PLAIN = 1 << 20  # bytes given at once
_GZIP = 16 + zlib.MAX_WBITS


def unpacked(stream: BinaryIO) -> Iterator[bytes]:
    """Yield what is in a file of one or more gzip members; zeros behind the last one are padding.

    Raises EOFError, zlib.error or OSError.
    """
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
