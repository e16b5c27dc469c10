"""What every source of lines is to the loop."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ollama_watch.model import Line
from ollama_watch.sources.position import Position

if TYPE_CHECKING:
    from ollama_watch.sources.batch import Runs

BATCH = 2000  # lines a turn, so that one busy source keeps nobody waiting


@dataclass(slots=True)
class Counters:
    """What a source has given so far. Written by the loop's thread, read by any."""

    lines: int = 0
    bytes: int = 0
    last_line_at: float | None = None  # s since the epoch
    reopens: int = 0
    suppressed: int = 0  # lines that journald says it dropped
    malformed: int = 0  # records of a pipeline that hold no line
    gaps: int = 0  # times that entries may have been removed before they were read


class Source(Protocol):
    """Something that gives lines, now and later. Belongs to the loop's thread."""

    @property
    def name(self) -> str:
        """Its configured name."""

    @property
    def counters(self) -> Counters:
        """What it has given so far."""

    @property
    def trouble(self) -> str | None:
        """Return why nothing can be read at present, for people; None: all is well."""

    @property
    def caught_up(self) -> bool:
        """What stood there at the start has all been given."""

    @property
    def position(self) -> Position | None:
        """Return where to go on after a restart; None: nowhere, what is read cannot be read again."""

    def fileno(self) -> int | None:
        """Return a descriptor that becomes readable when there may be news; None: the loop just asks."""

    def read(self) -> list[Line]:
        """Return what is new, about `BATCH` lines at most. Never blocks; trouble is told, not raised."""

    def close(self) -> None:
        """Let go of everything. May be called twice."""


@runtime_checkable
class Searched(Protocol):
    """A source whose history can be searched, instead of being read line by line."""

    def take(self) -> "Runs":
        """Return all that is new, as `Source.read` does."""
