"""When to try again what failed."""

import time
from collections.abc import Callable

_FIRST, _MOST = 1.0, 60.0  # s


class Retry:
    """Waits 1, 2, 4 … at most 60 s after failures in a row."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._delay = _FIRST
        self._at: float | None = None

    @property
    def due(self) -> bool:
        """Now is the time to try."""
        return self._at is None or self._clock() >= self._at

    def failed(self) -> None:
        self._at = self._clock() + self._delay
        self._delay = min(2 * self._delay, _MOST)

    def worked(self) -> None:
        self._at, self._delay = None, _FIRST
