"""What the sinks have settled since the checkpoint was written, a line each, in a file beside it.

A checkpoint for each notice would let the next one wait for all that is remembered to be written. A line here
costs as much as a system call: it outlives a kill, which then repeats none but the notice in flight; a power
cut may take the last lines with it, and repeats what they told.
"""

import logging
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock

from ollama_watch.alerts.notice import Notice

_log = logging.getLogger(__name__)
_MOST = 1 << 20  # bytes that are read
_DIGITS = 20  # of a number; more is none of ours


class Settled:
    """Written by the threads of the sinks, emptied by the loop's."""

    def __init__(self, folder: Path) -> None:
        """Read what an earlier process left; a file that cannot be had is one more thing to be repeated."""
        self._lock = Lock()
        self._file: int | None = None
        self._left: dict[str, dict[int, str]] = {}  # sink -> number -> id of the alert
        self._empty = False
        path = folder / "settled"
        try:
            self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            for line in os.pread(self._file, _MOST, 0).decode("ascii", "replace").splitlines():
                self._read(line)
        except OSError as error:
            _log.warning("state: %s: %s", path, error.strerror)

    @property
    def highest(self) -> int:
        """Return the highest number that an earlier process settled, 0 if it settled none."""
        return max((number for numbers in self._left.values() for number in numbers), default=0)

    def note(self, sink: str, number: int, notice: Notice) -> None:
        """Write down that `sink` is done with a notice; what the disk does not take, a kill may repeat."""
        with self._lock, suppress(OSError):
            if self._file is not None:
                self._empty = False
                os.write(self._file, f"{number} {notice.alert.id} {sink}\n".encode())

    def unsettled(
        self, waiting: Mapping[str, Sequence[Notice]], numbers: Mapping[str, Sequence[int]]
    ) -> dict[str, list[Notice]]:
        """Return what a checkpoint says is `waiting`, under which numbers, without what was settled since."""
        return {
            sink: self._without(self._left.get(sink, {}), notices, numbers.get(sink, ()))
            for sink, notices in waiting.items()
        }

    @staticmethod
    def _without(left: Mapping[int, str], notices: Sequence[Notice], numbers: Sequence[int]) -> list[Notice]:
        """Of one alert, what is older than a notice that was settled was told with it."""
        if len(numbers) != len(notices):
            return list(notices)
        pairs = list(zip(numbers, notices, strict=True))
        last = {one.alert.key: number for number, one in pairs if left.get(number) == one.alert.id}
        return [one for number, one in pairs if number > last.get(one.alert.key, 0)]

    def clear(self) -> None:
        """The checkpoint knows all of it."""
        with self._lock, suppress(OSError):
            if self._file is not None and not self._empty:
                os.ftruncate(self._file, 0)
                self._empty = True

    def close(self) -> None:
        with self._lock:
            if self._file is not None:
                os.close(self._file)
            self._file = None

    def _read(self, line: str) -> None:
        """Take in a line; half a one, as a power cut leaves it, says nothing."""
        number, _, rest = line.partition(" ")
        alert, _, sink = rest.partition(" ")
        if number.isdecimal() and len(number) < _DIGITS and sink:
            self._left.setdefault(sink, {})[int(number)] = alert
