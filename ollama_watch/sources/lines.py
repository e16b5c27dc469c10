"""Bytes to lines, in bounded memory whatever the input is."""

from collections.abc import Iterator

MOST = 1 << 20  # bytes kept of one line; Ollama's longest (its start line) has a few thousand


class Splitter:
    """Cuts blocks of one input into lines; a line longer than `MOST` is kept up to there.

    NULs before its text take nothing of that: a file that is cut under a writer that does not append begins
    with as many as it had bytes.
    """

    def __init__(self, count: int = 0, offset: int = 0) -> None:
        self.count = count  # lines given so far: the number of the last one
        self.offset = offset  # bytes up to the end of the last line that was given
        self._part = bytearray()
        self._length = 0  # bytes of the unfinished line, those that were not kept too

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Yield the lines that `block` completes, without their ends."""
        start = 0
        while (end := block.find(b"\n", start)) >= 0:
            self._keep(block, start, end)
            self._length += 1
            start = end + 1
            yield self._line()
        self._keep(block, start, len(block))

    def finish(self) -> Iterator[bytes]:
        """Yield what stands after the last newline, if anything."""
        if self._length:
            yield self._line()

    def skip(self, block: bytes, lines: int) -> None:
        """Count a block of whole lines that somebody else has cut; no line has begun before it."""
        self.count += lines
        self.offset += len(block)

    def _keep(self, block: bytes, start: int, end: int) -> None:
        self._length += end - start
        if len(self._part) + end - start > MOST and not self._part.strip(b"\0"):
            self._part.clear()
            start = end - len(block[start:end].lstrip(b"\0"))
        self._part += block[start : min(end, start + MOST - len(self._part))]

    def _line(self) -> bytes:
        text = bytes(self._part[:-1] if self._part.endswith(b"\r") else self._part)
        self.count += 1
        self.offset += self._length
        self._length = 0
        self._part.clear()
        return text
