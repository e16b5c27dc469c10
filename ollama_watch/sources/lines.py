"""Bytes to lines, in bounded memory whatever the input is."""

from collections.abc import Iterator

MOST = 1 << 20  # bytes kept of one line; Ollama's longest (its start line) has a few thousand


class Splitter:
    """Cuts blocks of one input into lines; a line longer than `MOST` is kept up to there."""

    def __init__(self) -> None:
        self.count = 0  # lines given so far: the number of the last one
        self._part = bytearray()
        self._open = False  # bytes of an unfinished line were seen

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Yield the lines that `block` completes, without their ends."""
        start = 0
        while (end := block.find(b"\n", start)) >= 0:
            self._keep(block, start, end)
            start = end + 1
            yield self._line()
        if start < len(block):
            self._keep(block, start, len(block))
            self._open = True

    def finish(self) -> Iterator[bytes]:
        """Yield what stands after the last newline, if anything."""
        if self._open:
            yield self._line()

    @property
    def pending(self) -> bool:
        """A line has begun and its end was not seen."""
        return self._open

    def _keep(self, block: bytes, start: int, end: int) -> None:
        self._part += block[start : min(end, start + MOST - len(self._part))]

    def _line(self) -> bytes:
        text = bytes(self._part[:-1] if self._part.endswith(b"\r") else self._part)
        self._part.clear()
        self._open = False
        self.count += 1
        return text
