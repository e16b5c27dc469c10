"""The Ollama that is not there yet: looked for now and then, followed from when it is found."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ollama_watch.model import Line
from ollama_watch.sources.position import Position
from ollama_watch.sources.processes import hidden
from ollama_watch.sources.source import Counters, Searched, Source

if TYPE_CHECKING:
    from ollama_watch.sources.batch import Runs

_EVERY = 5.0  # s between looks: /proc is read for it


def none_found() -> str:
    """Return for people what we know as long as we look; in a sandbox that is only what is installed."""
    if hidden():
        return (
            "no Ollama was found yet; the processes of others are hidden from here, "
            "`sudo ollama-watchd doctor --write` sees them"
        )
    return "no Ollama was found on this machine yet"


class Waiting:
    """A source that has to be found first; then it is that source. Belongs to the loop's thread.

    `find` returns it, and what it reads, for people.
    """

    def __init__(
        self,
        name: str,
        find: Callable[[], tuple[Source, str] | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._find, self._clock = find, clock
        self._found: Source | None = None
        self.what = ""  # it reads, for people; "" as long as nothing was found
        self._nothing = Counters()
        self._next_look = 0.0

    @property
    def counters(self) -> Counters:
        return self._found.counters if self._found else self._nothing

    @property
    def trouble(self) -> str | None:
        return self._found.trouble if self._found else none_found()

    @property
    def caught_up(self) -> bool:
        """Nothing stands where nothing is; what is found may have a history."""
        return self._found is None or self._found.caught_up

    @property
    def position(self) -> Position | None:
        return self._found.position if self._found else None

    def fileno(self) -> int | None:
        return self._found.fileno() if self._found else None

    def read(self) -> list[Line]:
        """Return what the found source has; look for one if it is time."""
        if self._found:
            return self._found.read()
        if self._clock() >= self._next_look:
            self._next_look = self._clock() + _EVERY
            if found := self._find():
                self._found, self.what = found
        return []  # what is found is read next time: until then nobody knows that it has a history

    def take(self) -> "Runs":
        """Return the same to be searched, where the found source can give it so."""
        if isinstance(self._found, Searched):
            return self._found.take()
        lines = self.read()
        return [lines] if lines else []

    def close(self) -> None:
        if self._found:
            self._found.close()
