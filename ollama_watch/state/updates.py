"""What the fleet tells after each event."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ollama_watch.model import Value
from ollama_watch.state.record import Record
from ollama_watch.state.server import Server


@dataclass(frozen=True, slots=True)
class Changed:
    """The log told more of a launch."""

    record: Record


@dataclass(frozen=True, slots=True)
class Known(Changed):
    """The arguments of a launch are final: it can be judged. Comes once a launch."""


@dataclass(frozen=True, slots=True)
class Ended(Changed):
    """A launch started, failed, or will not be told to the end: all that is known of it is known."""


@dataclass(frozen=True, slots=True)
class Reported:
    """The log reported something that rules may count; `record` is the launch it is about, if any."""

    kind: str  # a key of `verify.events.EVENTS`
    at: float
    line: int
    cursor: str
    record: Record | None
    subject: str = ""
    fields: Mapping[str, Value] = field(default_factory=dict)
    server: Server | None = None  # the life that it is about, where it is about no launch


Update = Changed | Reported
