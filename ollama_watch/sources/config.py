"""What a source is told: where its lines are."""

from dataclasses import dataclass

from ollama_watch.sources.jsonl import Jsonl


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceConfig:
    """One source: exactly one of unit, user unit, container and path is set."""

    name: str
    unit: str | None = None
    user_unit: str | None = None
    uid: int | None = None  # whose user unit; None: one's own, for root everybody's
    container: str | None = None
    namespace: str | None = None
    directory: str | None = None  # of journals collected from many hosts; the unit is one of theirs
    path: str | None = None  # of a file; may be a glob
    stdin: bool = False  # it is what is piped into us
    jsonl: Jsonl | None = None  # where the lines are in records; None: they are plain


def unit_name(name: str | None) -> str | None:
    """Return a unit's whole name: as for systemctl, ".service" may be left out."""
    return f"{name}.service" if name and "." not in name else name
