"""What a source is told: where its lines are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceConfig:
    """One source: exactly one of the targets is set."""

    name: str
    unit: str | None = None
    user_unit: str | None = None
    container: str | None = None
    namespace: str | None = None
    path: str | None = None  # of a file; may be a glob
